// A server of PouchDB on leveldb: node pouchdb_server.js FOLDER PORT. Only what replication needs is switched on.
const http = require("http");
const path = require("path");
const { createRequire } = require("module");

const load = createRequire(path.join(process.env.PEER_MODULES, "x.js"));
const [folder, port] = process.argv.slice(2);
const PouchDB = load("pouchdb").defaults({ prefix: `${folder}${path.sep}` });
const app = load("express-pouchdb")(PouchDB, {
  mode: "minimumForPouchDB",
  inMemoryConfig: true,
  logPath: path.join(folder, "express.log"),
});
http.createServer(app).listen(Number(port), "127.0.0.1");

// A device of PouchDB: node pouchdb_device.js FOLDER URL. A case is a document. Modules lie where PEER_MODULES says.
const fs = require("fs");
const path = require("path");
const readline = require("readline");
const { createRequire } = require("module");

const PouchDB = createRequire(path.join(process.env.PEER_MODULES, "x.js"))("pouchdb");
const [folder, url] = process.argv.slice(2);
const local = new PouchDB(path.join(folder, "cases"));
const settings = process.env.BATCH ? { batch_size: Number(process.env.BATCH) } : {};
const remote = new PouchDB(`${url}/cases`, { skip_setup: true });

async function whole(replication) {
  const result = await replication;
  const errors = result.errors || [];
  if (errors.length || result.ok === false) throw new Error(JSON.stringify(errors.slice(0, 1)));
}

const can = {
  join: async () => { await new PouchDB(`${url}/cases`).info(); },
  write: async ({ file }) => {
    const docs = fs.readFileSync(file, "utf8").trim().split("\n").map((line) => {
      const { id, ...fields } = JSON.parse(line);
      return { _id: id, ...fields };
    });
    const kept = await local.allDocs({ keys: docs.map((doc) => doc._id) });
    kept.rows.forEach((row, at) => { if (row.value) docs[at]._rev = row.value.rev; });
    for (const one of await local.bulkDocs(docs)) if (one.error) throw new Error(JSON.stringify(one));
  },
  push: async () => { await whole(PouchDB.replicate(local, remote, settings)); },
  pull: async () => { await whole(PouchDB.replicate(remote, local, settings)); },
  sync: async () => { await PouchDB.sync(local, remote, settings); },
  count: async () => (await local.info()).doc_count,
};

(async () => {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const { do: name, ...more } = JSON.parse(line);
    let answer;
    try {
      answer = { answer: (await can[name](more)) ?? null };
    } catch (error) {
      answer = { error: String((error && (error.message || error.reason)) || error) };
    }
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
})();

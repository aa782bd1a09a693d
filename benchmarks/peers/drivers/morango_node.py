"""Django with Morango, as Kolibri uses it.

``morango_node.py FOLDER URL`` is a device, ``morango_node.py FOLDER PORT --serve`` a server. The server stands on
cheroot, as Kolibri's does, and both stores are SQLite with a write-ahead log.
"""

import os
import sys

import django
import lines
from django.conf import settings

FOLDER, WHERE = sys.argv[1:3]
os.environ["MORANGO_SYSTEM_ID"] = FOLDER
settings.configure(
    SECRET_KEY="bench",
    ALLOWED_HOSTS=["127.0.0.1"],
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "morango", "morango_cases"],
    ROOT_URLCONF="morango_urls",
    USE_TZ=True,
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": os.path.join(FOLDER, "cases.sqlite3"),
            "OPTIONS": {"timeout": 60},
        }
    },
)
django.setup()

from django.contrib.auth.models import User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from morango.models.certificates import Certificate, Filter, ScopeDefinition  # noqa: E402
from morango.sync.controller import MorangoProfileController  # noqa: E402
from morango_cases.models import Case  # noqa: E402

SCOPE = "all-cases"
User.has_morango_certificate_scope_permission = lambda *_: True


def make_store():
    call_command("migrate", run_syncdb=True, verbosity=0)
    connection.cursor().execute("PRAGMA journal_mode=WAL")
    ScopeDefinition.objects.create(
        id=SCOPE,
        profile="cases",
        version=1,
        primary_scope_param_key="dataset",
        description="All cases of ${dataset}.",
        read_filter_template="",
        write_filter_template="",
        read_write_filter_template="${dataset}",
    )


class Device:
    def __init__(self):
        make_store()
        self.controller = MorangoProfileController("cases")

    def join(self):
        line = self.controller.create_network_connection(WHERE)
        self.server = line.get_remote_certificates(None, SCOPE)[0]
        self.dataset = self.server.id
        self.own = line.certificate_signing_request(
            self.server, SCOPE, {"dataset": self.dataset}, userargs="bench", password="bench"
        )
        line.close()

    def write(self, file):
        with transaction.atomic():
            known = {case.source: case for case in Case.objects.all()}
            for source, content in lines.cases(file):
                case = known.get(source) or Case(dataset=self.dataset, source=source)
                case.content = content
                case.save()

    def push(self):
        self._exchange("get_push_client")

    def pull(self):
        self._exchange("get_pull_client")

    def sync(self):
        self._exchange("get_push_client", "get_pull_client")

    def _exchange(self, *ways):
        line = self.controller.create_network_connection(WHERE)
        session = line.create_sync_session(self.own, self.server)
        for way in ways:
            client = getattr(session, way)()
            client.initialize(Filter(self.dataset))
            client.run()
            client.finalize()
        line.close_sync_session(session.sync_session)
        line.close()

    def count(self):
        return Case.objects.count()


def serve():
    from cheroot.wsgi import Server

    make_store()
    Certificate.generate_root_certificate(SCOPE)
    User.objects.create_superuser("bench", password="bench")
    Server(("127.0.0.1", int(WHERE)), get_wsgi_application(), numthreads=10).start()


if sys.argv[3:] == ["--serve"]:
    serve()
else:
    lines.serve(Device())

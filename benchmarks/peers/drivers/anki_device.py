"""A device of Anki: ``anki_device.py FOLDER URL``. A case is a note, its id the note's guid.

With ``JOINED=1`` a collection of one note is exchanged as a whole on joining (an empty one does not count for Anki), so
that all that follows is the normal sync, object by object; otherwise the first exchange is that of the whole file, as
Anki does it.
"""

import os
import sys

import lines
from anki.collection import Collection
from anki.sync_pb2 import SyncCollectionResponse as Answer

FIRST = "first"


class Device:
    def __init__(self, folder, url):
        self.url = url
        self.collection = Collection(os.path.join(folder, "collection.anki2"))
        self.joined = os.environ.get("JOINED") == "1"

    def join(self):
        self.auth = self.collection.sync_login("bench", "bench", self.url)
        if self.joined:
            self._exchange_first_note()

    def _exchange_first_note(self):
        answer = self.collection.sync_collection(self.auth, False)
        upload = answer.required != Answer.FULL_DOWNLOAD
        if upload:
            self._add(FIRST, "")
        self._whole(upload=upload)

    def write(self, file):
        known = dict(self.collection.db.all("select guid, id from notes"))
        changed = []
        for guid, content in lines.cases(file):
            if guid in known:
                note = self.collection.get_note(known[guid])
                note["Back"] = content
                changed.append(note)
            else:
                self._add(guid, content)
        self.collection.update_notes(changed)

    def _add(self, guid, content):
        note = self.collection.new_note(self.collection.models.by_name("Basic"))
        note.guid = note["Front"] = guid
        note["Back"] = content
        self.collection.add_note(note, self.collection.decks.id("Default"))

    def sync(self):
        answer = self.collection.sync_collection(self.auth, False)
        if answer.required in (Answer.NO_CHANGES, Answer.NORMAL_SYNC):
            return
        upload = answer.required == Answer.FULL_UPLOAD or (
            answer.required == Answer.FULL_SYNC and self.collection.note_count() > 0
        )
        self._whole(upload=upload)

    def _whole(self, *, upload):
        self.collection.close_for_full_sync()
        try:
            self.collection.full_upload_or_download(auth=self.auth, server_usn=None, upload=upload)
        finally:
            self.collection.reopen(after_full_sync=True)

    push = pull = sync

    def count(self):
        return self.collection.db.scalar("select count() from notes where guid != ?", FIRST)


lines.serve(Device(*sys.argv[1:]))

"""语音叫号: announcements that queue up, never overlap and never hold up a call.

``assembling`` puts clips together and needs no Qt; ``announcer.Announcer`` is what pages and displays talk to.
QtMultimedia and QtTextToSpeech are loaded when something is first spoken.
"""

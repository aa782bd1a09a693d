"""Small reusable widgets. Pages are built from these, so that all look and answer to keys the same way.

==================  ====================================================================================
``LineField``       label, line edit, error sentence: ``text()``, ``set_text``, ``set_error``, ``changed``
``AreaField``       the same over several lines; Tab leaves it, so keyboards never get stuck
``ChoiceField``     the same over a list of ``Choice(value, text)``: ``value()``, ``set_value``, ``chosen``
``SecretField``     a line for passwords with an eye
``Field``           label and error sentence around any editor of your own
``ActionButton``    ``kind`` = ``big`` (the next step), ``primary``, ``secondary``, ``quiet``, ``danger``;
                    ``key="F9"`` registers the key and shows it
``ConfirmButton``   asks in its own place: ``confirmed`` comes with the second press
``Segments``        one of a few, all visible, arrows move: ``value()``, ``set_value``, ``chosen(object)``
``Chip, ChipRow``   ticks and tags that wrap: ``toggled``, ``clicked``; ``ChipRow.set_chips``
``Badge``           state as shape + word + colour; ``Tone`` = OK INFO WARN DANGER QUIET
``Card``            white box with title, ``body`` (layout) and ``head`` (layout, right of the title)
``NoticeBar``       a sentence above the work, with mark, action and close; never takes the focus
``EmptyState``      icon, what there is not, what to do, an optional button
``KeyHint``         a key cap, ``KeyHint("F9")``
``ElidedLabel``     one line that ends in … and tells all of it as a tool tip
``FlowLayout``      lays widgets out like words; ``empty`` clears any layout
``DataTable``       table view for long lists: rows of one height, no grid, whole rows; ``tune_columns``
``BadgeDelegate``   paints ``BADGE_ROLE`` data ``(Tone, text)`` of a table cell as a badge
``Scrolled``        contents that scroll where the screen is low; ``held`` makes them of a layout
``ScrolledLines``   names and what is said of each: ``show_lines``
``BusyBar``         thin moving line: ``start()``, ``stop()``; hidden when idle
``label, title``    plain labels in the theme's roles
==================  ====================================================================================

Colours come from the style sheet through two dynamic properties, ``role`` and ``tone`` (``set_tone`` renews
the look). Accessible names are set from the labels; an editor of your own in a ``Field`` gets its text too.
"""

from desktop.widgets.badges import BADGE_ROLE, Badge, BadgeDelegate, KeyHint, Tone, set_tone
from desktop.widgets.buttons import ActionButton, Segments
from desktop.widgets.cards import BusyBar, Card, EmptyState, NoticeBar, line
from desktop.widgets.chips import Chip, ChipRow
from desktop.widgets.confirm import ConfirmButton
from desktop.widgets.fields import AreaField, Choice, ChoiceField, Field, LineField, SecretField
from desktop.widgets.flow import FlowLayout, empty
from desktop.widgets.labels import ElidedLabel, label, title
from desktop.widgets.scrolling import Scrolled, ScrolledLines, held
from desktop.widgets.tables import DataTable

__all__ = [
    "BADGE_ROLE",
    "ActionButton",
    "AreaField",
    "Badge",
    "BadgeDelegate",
    "BusyBar",
    "Card",
    "Chip",
    "ChipRow",
    "Choice",
    "ChoiceField",
    "ConfirmButton",
    "DataTable",
    "ElidedLabel",
    "EmptyState",
    "Field",
    "FlowLayout",
    "KeyHint",
    "LineField",
    "NoticeBar",
    "Scrolled",
    "ScrolledLines",
    "SecretField",
    "Segments",
    "Tone",
    "empty",
    "held",
    "label",
    "line",
    "set_tone",
    "title",
]

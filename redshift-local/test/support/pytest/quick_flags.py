"""
dbt asks which module makes each of its flags, and has Python look for the source of every frame below to find out. Under
pytest that is nine tenths of a test's time; the frames name their modules themselves.
"""

import sys

from dbt_common import behavior_flags


def default_source():
    frame = sys._getframe(1)
    while frame and frame.f_globals.get("__name__") == behavior_flags.__name__:
        frame = frame.f_back
    return frame.f_globals.get("__name__", "Unknown") if frame else "Unknown"


behavior_flags.BehaviorFlagRendered._default_source = staticmethod(default_source)

"""Working time: how long a service has run between two moments, and when it will have run for so long.

One row of a calendar's life is a window: it opens and closes on the wall clock of the calendar's zone. `days.py` says
which windows each day has, `official.py` what a country has decreed, `zones.py` places wall clocks on one axis of real
time, `axis.py` adds the windows up, `service.py` answers for whole columns, and `diary.py` tells one row's days.
"""

from opskpi.worktime.official import official_days, prepare
from opskpi.worktime.service import Service, compile_calendar

__all__ = ["Service", "compile_calendar", "official_days", "prepare"]

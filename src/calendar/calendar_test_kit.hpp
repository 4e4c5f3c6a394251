#pragma once

#include <string>

#include "calendar/calendar.hpp"

/// A small calendar for tests: the holidays of 2019 and a few events around the first of May.
namespace v6 {

inline ListSource covering(Date first, Date last) {
  return {.name = "test", .first = first, .last = last};
}

inline Calendar::Data data_of_2019() {
  constexpr TimeOfDay kShort = std::chrono::hours{13};
  return {.holidays = {{date(2019, 1, 1), {}},
                       {date(2019, 1, 21), {}},
                       {date(2019, 2, 18), {}},
                       {date(2019, 4, 19), {}},
                       {date(2019, 5, 27), {}},
                       {date(2019, 7, 3), kShort},
                       {date(2019, 7, 4), {}},
                       {date(2019, 9, 2), {}},
                       {date(2019, 11, 28), {}},
                       {date(2019, 11, 29), kShort},
                       {date(2019, 12, 24), kShort},
                       {date(2019, 12, 25), {}}},
          .holidays_source = covering(date(2019, 1, 1), date(2019, 12, 31))};
}

inline MarketEvent event_on(Date date, EventKind kind, TimeOfDay time) {
  return {.date = date, .kind = kind, .time = time, .lists_agreeing = 2, .text = "test"};
}

/// 2019 with an FOMC decision on May 1st and an employment report on May 3rd; the lists of FOMC and
/// employment reach from March to June, that of CPI only to May 10th.
inline Calendar::Data data_with_events() {
  using std::chrono::hours;
  using std::chrono::minutes;
  Calendar::Data data = data_of_2019();
  data.events = {event_on(date(2019, 5, 1), EventKind::kFomc, hours{14}),
                 event_on(date(2019, 5, 3), EventKind::kEmployment, hours{8} + minutes{30}),
                 event_on(date(2019, 5, 10), EventKind::kCpi, hours{8} + minutes{30})};
  data.events_sources = {{EventKind::kFomc, covering(date(2019, 3, 20), date(2019, 6, 19))},
                         {EventKind::kEmployment, covering(date(2019, 3, 8), date(2019, 6, 7))},
                         {EventKind::kCpi, covering(date(2019, 3, 12), date(2019, 5, 10))}};
  return data;
}

}  // namespace v6

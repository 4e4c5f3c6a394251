#pragma once

#include <boost/describe.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "calendar/new_york.hpp"
#include "model/contract.hpp"

namespace v6 {

/// Where a list comes from and the dates it covers, both ends included.
struct ListSource {
  std::string name;
  Date first;
  Date last;

  [[nodiscard]] bool covers(Date date) const { return first <= date && date <= last; }
};
BOOST_DESCRIBE_STRUCT(ListSource, (), (name, first, last))

/// A weekday without a session, or with a short one.
struct Holiday {
  Date date;
  std::optional<TimeOfDay> early_close;  // none: closed all day
};
BOOST_DESCRIBE_STRUCT(Holiday, (), (date, early_close))

enum class EventKind : std::uint8_t { kFomc, kCpi, kEmployment, kExDividend, kUser };
BOOST_DESCRIBE_ENUM(EventKind, kFomc, kCpi, kEmployment, kExDividend, kUser)

/// Scheduled news that moves everything.
struct MarketEvent {
  Date date;
  EventKind kind = EventKind::kUser;
  TimeOfDay time{};
  int lists_agreeing = 0;
  std::string text;

  [[nodiscard]] Instant at() const { return new_york_instant(date, time); }
};
BOOST_DESCRIBE_STRUCT(MarketEvent, (), (date, kind, time, lists_agreeing, text))

/// One day's trading hours.
struct Session {
  Date date;
  Instant open;
  Instant close;
  bool early = false;
};
BOOST_DESCRIBE_STRUCT(Session, (), (date, open, close, early))

struct BlackoutWindow {
  std::chrono::minutes before{24 * 60};
  std::chrono::minutes after{30};
};

/// An event and the time around it in which nothing is opened, both ends included.
struct Blackout {
  MarketEvent event;
  Instant from;
  Instant to;
};

[[nodiscard]] Blackout around(const MarketEvent& event, BlackoutWindow window);

/// Which days and hours are traded, and which are better not. What it does not cover it does not
/// know: no session there, and every opening refused.
class Calendar {
 public:
  struct Data {
    std::vector<Holiday> holidays;
    ListSource holidays_source;
    std::vector<MarketEvent> events;
    std::map<EventKind, ListSource> events_sources;  // one per list
    BOOST_DESCRIBE_CLASS(Data, (), (holidays, holidays_source, events, events_sources), (), ())
  };
  struct Horizon {
    ListSource sessions;
    std::map<EventKind, ListSource> events;
  };

  explicit Calendar(Data data);

  [[nodiscard]] const Data& data() const { return data_; }
  [[nodiscard]] Horizon horizon() const { return {data_.holidays_source, data_.events_sources}; }
  [[nodiscard]] bool covers(Date date) const { return data_.holidays_source.covers(date); }
  /// Every event list reaches this date.
  [[nodiscard]] bool covers_events(Date date) const;
  /// Every event list reaches all dates whose news could be in force now, so that blackouts() can
  /// have missed none.
  [[nodiscard]] bool knows_blackouts(Instant at, BlackoutWindow window) const;

  /// Hours of a market on a date; nothing on weekends, holidays and uncovered dates.
  /// Stocks 9:30-16:00; options on ETFs and indices to 16:15; early closes 13:00 and 13:15.
  [[nodiscard]] std::optional<Session> session(Date date, SessionKind kind) const;
  /// The same for a PM-settled index series on its last day, which stops with the stocks.
  [[nodiscard]] std::optional<Session> last_session_of_pm_series(Date expiry) const;
  [[nodiscard]] bool is_session(Date date) const;
  [[nodiscard]] std::optional<Date> next_session(Date date) const;
  [[nodiscard]] std::optional<Date> previous_session(Date date) const;
  [[nodiscard]] std::vector<Date> sessions(Date from, Date to) const;

  /// Blackouts in force at this instant.
  [[nodiscard]] std::vector<Blackout> blackouts(Instant at, BlackoutWindow window) const;
  [[nodiscard]] std::vector<MarketEvent> events(Date from, Date to) const;

 private:
  [[nodiscard]] const Holiday* holiday(Date date) const;

  Data data_;  // both lists ascending
};

}  // namespace v6

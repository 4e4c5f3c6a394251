#pragma once

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "calendar/calendar.hpp"
#include "ibkr/client_settings.hpp"
#include "ibkr/outbox.hpp"
#include "ibkr/waits.hpp"
#include "model/event.hpp"

namespace v6::ibkr {

/// What all parts of a client share: the time of this call, what goes out, what is to be told.
struct Context {
  ClientSettings settings;
  const Calendar* calendar = nullptr;
  Instant now;
  Outbox outbox{40};
  RequestIds ids;
  Waits waits;
  std::vector<EventBody> news;
  std::vector<std::pair<AlertLevel, std::string>> notices;

  void tell(EventBody event) { news.push_back(std::move(event)); }
  template <class... Args>
  void notice(AlertLevel level, fmt::format_string<Args...> text, Args&&... args) {
    notices.emplace_back(level, fmt::format(text, std::forward<Args>(args)...));
  }
  /// A wait for the link or the broker, on this machine's clock.
  [[nodiscard]] Duration patient(Duration wait) const {
    return Duration{
        static_cast<Duration::rep>(static_cast<double>(wait.count()) * settings.patience)};
  }
  [[nodiscard]] Instant in(Duration wait) const { return now + patient(wait); }
  /// A numbered request with its deadline.
  [[nodiscard]] std::int32_t ask(Ask ask, std::size_t subject, Duration within) {
    const std::int32_t id = ids.next();
    waits.open(id, {.ask = ask, .subject = subject, .deadline = in(within)});
    return id;
  }
};

}  // namespace v6::ibkr

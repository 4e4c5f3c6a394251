#pragma once

#include <deque>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "ibkr/context.hpp"
#include "ibkr/error_table.hpp"

namespace v6::ibkr {

/// What the gateway says of its own connections: to the servers, to the data farms, and to whom the
/// data goes.
class Doubts {
 public:
  explicit Doubts(Context& context) : c_{&context} {}

  /// What has to be done about a code.
  enum class Duty : std::uint8_t {
    kNone,
    kQuotesStale,   // believe none until a fresh tick
    kSubscribeAll,  // and ask for all again
    kCompare,       // orders may have moved
    kCompareAndSubscribe,
  };
  [[nodiscard]] Duty on(SessionNews news, std::string_view text);
  void new_session();
  /// Ticks come: whoever had the data has given it back.
  void data_flows();
  /// Time to try the data again while somebody else has it.
  [[nodiscard]] bool retry_due();

  [[nodiscard]] bool server_lost() const { return server_lost_ || platform_lost_; }
  [[nodiscard]] bool farm_heard() const { return farm_heard_; }
  /// Why the data is in doubt; empty: it is not.
  [[nodiscard]] std::string data_doubt() const;
  [[nodiscard]] std::optional<Instant> next() const;

 private:
  Context* c_;
  bool server_lost_ = false;
  bool platform_lost_ = false;
  bool farm_heard_ = false;
  std::set<std::string, std::less<>> broken_;
  std::deque<Instant> breaks_;  // of the last ten minutes
  Instant stable_at_;
  std::optional<Instant> competing_since_;
  Instant competing_retry_;
  Instant competing_told_;
};

}  // namespace v6::ibkr

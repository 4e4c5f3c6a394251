#pragma once

#include <expected>
#include <string>

#include "model/order.hpp"

namespace v6 {

/// What the shell knows at the very moment of the write; absent knowledge refuses.
struct SendConditions {
  Instant now;
  Mode mode = Mode::kDryRun;
  bool latched = true;
  Duration most_age{};
};

/// Exchanges an approved order for a one-use permission to write it.
class PermitDesk {
 public:
  /// Orders that open need the mode they were approved in, no latch, and youth; orders that reduce
  /// need a mode that may send at all. The reason when there is no permit.
  [[nodiscard]] static std::expected<SendPermit, std::string> permit(
      ApprovedOrder order, const SendConditions& conditions);
};

}  // namespace v6

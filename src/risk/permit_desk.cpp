#include "risk/permit_desk.hpp"

#include <fmt/format.h>

#include "base/enum_text.hpp"

namespace v6 {

std::expected<SendPermit, std::string> PermitDesk::permit(ApprovedOrder order,
                                                          const SendConditions& conditions) {
  const OrderTicket& ticket = order.ticket();
  if (conditions.mode == Mode::kDryRun) { return std::unexpected{"dry run sends nothing"}; }
  if (ticket.mode != conditions.mode) {
    return std::unexpected{
        fmt::format("approved for {}, running in {}", word(ticket.mode), word(conditions.mode))};
  }
  if (!opens(ticket.purpose)) { return SendPermit{std::move(order)}; }
  if (conditions.latched) { return std::unexpected{"a latch was set after approval"}; }
  const Duration age = conditions.now - ticket.decided_at;
  if (age < Duration{} || age > conditions.most_age) {
    return std::unexpected{fmt::format("decided {} s ago, at most {} s allowed",
                                       std::chrono::duration<double>(age).count(),
                                       std::chrono::duration<double>(conditions.most_age).count())};
  }
  return SendPermit{std::move(order)};
}

}  // namespace v6

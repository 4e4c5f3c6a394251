#include "model/order.hpp"

#include "base/codec.hpp"

namespace v6 {

void encode(ByteWriter& out, const ApprovedOrder& order) { encode(out, order.ticket()); }

bool is_live(OrderStatus status) {
  switch (status) {
    using enum OrderStatus;
    case kSending:
    case kWorking:
    case kPartiallyFilled:
    case kCancelling:
    case kUnknown: return true;
    case kFilled:
    case kCancelled:
    case kRejected:
    case kNotSent: return false;
  }
  return true;
}

const Check* first_of(const Waterfall& waterfall, Verdict verdict) {
  for (const Check& check : waterfall) {
    if (check.verdict == verdict) { return &check; }
  }
  return nullptr;
}

}  // namespace v6

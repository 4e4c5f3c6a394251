#include "rules/entry_gates.hpp"

namespace v6 {

Waterfall EntryGates::operator()(const EntryView& view) const {
  Waterfall waterfall = {mode(view),      latch(view), session(view), blackout(view),
                         freshness(view), vix(view),   factors(view)};
  append(waterfall, counts(view));
  return waterfall;
}

}  // namespace v6

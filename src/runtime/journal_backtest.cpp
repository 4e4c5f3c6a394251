#include "runtime/journal_backtest.hpp"

#include <type_traits>

#include "runtime/journal_reader.hpp"
#include "runtime/lane.hpp"

namespace v6 {
namespace {

template <class Body, class... Kinds>
inline constexpr bool kOneOf = (std::is_same_v<Body, Kinds> || ...);

/// Not of the broker, the clock or a person.
bool of_the_market(const EventBody& body) {
  return std::visit(
      []<class Body>(const Body&) {
        return kOneOf<Body, SessionStarted, ContractsListed, ChainSnapshotTaken, LegQuotesArrived,
                      SnapshotEnded, DailyLevelsPublished, IndexLevelChanged, SeriesSettled,
                      DividendsPublished, HoldingsQuoted, UnderlyingHalted, RunEnded>;
      },
      body);
}

}  // namespace

RunRecord backtest_of(const std::filesystem::path& journal, Money cash, std::uint64_t seed) {
  JournalReader reader{journal};
  Given given = *given_in(reader.header());
  given.setup.brokered = false;
  given.setup.cash = cash;
  given.setup.fill_model = FillModel::kWalk;
  Lane lane{std::make_shared<const Given>(std::move(given)), seed, nullptr, Lane::Quotes::kFed};
  JournalRecord record;
  while (reader.next(record)) {
    if (record.kind != RecordKind::kEvent) { continue; }
    auto event = read_record<Event>(record, journal);
    if (const auto* chain = std::get_if<ChainSnapshotTaken>(&event.body)) {
      lane.show(event.at, chain->spot, chain->chain, chain->kind);
    }
    if (of_the_market(event.body)) { lane.feed_in_time(event.at, std::move(event.body)); }
  }
  return lane.record();
}

}  // namespace v6

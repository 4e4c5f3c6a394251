#include "evidence.hpp"

#include <algorithm>
#include <charconv>

#include "base/codec.hpp"
#include "runtime/journal_reader.hpp"
#include "sim/incident_links.hpp"

namespace v6::incidents {
namespace {

std::int32_t number_at(std::string_view payload, std::size_t place) {
  for (; place > 0; --place) {
    const std::size_t end = payload.find('\0');
    if (end == std::string_view::npos) { return -1; }
    payload.remove_prefix(end + 1);
  }
  std::int32_t number = -1;
  const std::string_view field = payload.substr(0, payload.find('\0'));
  std::from_chars(field.data(), field.data() + field.size(), number);
  return number;
}

/// Where the request's own number stands; 0: it has none.
std::size_t place_of_id(int message) {
  switch (message) {
    case ibkr::ReqContractDetails::kId:
    case ibkr::ReqMktData::kId:
    case ibkr::ReqExecutions::kId:
    case ibkr::ReqAccountSummary::kId: return 2;
    case ibkr::ReqSecDefOptParams::kId:
    case ibkr::ReqHistoricalData::kId: return 1;
    default: return 0;
  }
}

}  // namespace

void TapWire::open() {
  frames_ = {};
  opened_ = offered_ = false;
  ++written_->sessions;
}

void TapWire::to_gateway(std::string_view bytes, const Sink& sink) {
  frames_.push(bytes);
  if (!opened_ && frames_.raw(ibkr::kOpening.size())) { opened_ = true; }
  while (opened_) {
    const auto payload = frames_.next();
    if (!payload || !*payload) { break; }
    if (std::exchange(offered_, true)) { read(**payload); }
  }
  sink(bytes);
}

void TapWire::read(std::string_view payload) {
  const int message = number_at(payload, 0);
  const std::size_t place = place_of_id(message);
  written_->requests.push_back({.at = now_(),
                                .session = written_->sessions,
                                .message = message,
                                .id = place == 0 ? -1 : number_at(payload, place)});
  if (message == ibkr::StartApi::kId) { written_->client_ids.push_back(number_at(payload, 2)); }
  if (message == ibkr::CancelOrder::kId) {
    written_->cancels.emplace_back(now_(), number_at(payload, 2));
  }
  if (message != ibkr::PlaceOrder::kId) { return; }
  auto placed = incident::read_as<ibkr::PlaceOrder>(payload, ibkr::kNewestVersion,
                                                    ibkr::Placeholder::kIsZero);
  if (!placed) { return; }
  if (placed->order.what_if) {
    ++written_->previews;
    return;
  }
  OrderWritten order{.at = now_(), .session = written_->sessions, .message = std::move(*placed)};
  order.is_new = std::ranges::find(placed_, order.message.order_id) == placed_.end();
  placed_.push_back(order.message.order_id);
  order.durable = durable_(order);
  written_->orders.push_back(std::move(order));
}

Story read_story(const std::filesystem::path& state) {
  std::vector<std::filesystem::path> journals;
  for (const auto& entry : std::filesystem::directory_iterator{state / "journal"}) {
    if (entry.path().extension() == ".db") { journals.push_back(entry.path()); }
  }
  std::ranges::sort(journals);
  Story story;
  for (const auto& path : journals) {
    JournalReader reader{path};
    JournalRecord record;
    while (reader.next(record)) {
      if (record.kind == RecordKind::kEvent) {
        story.events.push_back(decoded<Event>(record.bytes));
      } else if (record.kind == RecordKind::kCommand) {
        story.commands.emplace_back(record.at, decoded<JournalledCommand>(record.bytes));
      }
    }
  }
  return story;
}

}  // namespace v6::incidents

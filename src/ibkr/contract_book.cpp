#include "ibkr/contract_book.hpp"
#include "ibkr/wire_time.hpp"

#include <algorithm>
#include <charconv>

namespace v6::ibkr {
namespace {

template <class Number>
std::optional<Number> whole(std::string_view text) {
  Number number{};
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || stop != text.data() + text.size()) { return std::nullopt; }
  return number;
}

std::string_view part(std::string_view& text, char separator) {
  const std::size_t end = std::min(text.find(separator), text.size());
  const std::string_view first = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return first;
}

/// The rule of SMART: the two lists are parallel.
std::int32_t smart_rule(const ContractData& data) {
  std::string_view exchanges = data.valid_exchanges;
  std::string_view rules = data.market_rule_ids;
  while (!exchanges.empty() && !rules.empty()) {
    const std::string_view exchange = part(exchanges, ',');
    const std::string_view rule = part(rules, ',');
    if (exchange == "SMART") { return whole<std::int32_t>(rule).value_or(0); }
  }
  return 0;
}

/// "20190507:0930"
std::optional<Instant> moment(std::string_view text, std::chrono::hours behind_new_york) {
  if (text.size() != 13 || text[8] != ':') { return std::nullopt; }
  const auto day = parse_wire_date(text.substr(0, 8));
  const auto hour = whole<int>(text.substr(9, 2));
  const auto minute = whole<int>(text.substr(11, 2));
  if (!day || !hour || !minute || *hour > 24 || *minute > 59) { return std::nullopt; }
  return new_york_instant(*day, std::chrono::hours{*hour} + std::chrono::minutes{*minute}) +
         behind_new_york;
}

}  // namespace

WireContract wire_underlying(Symbol symbol) {
  WireContract contract{.symbol = std::string{symbol.text()},
                        .sec_type = "IND",
                        .exchange = "CBOE",
                        .currency = "USD"};
  for (const Instrument& instrument : instrument_table()) {
    if (instrument.underlying == symbol && instrument.session != SessionKind::kIndexOption) {
      contract.sec_type = "STK";
      contract.exchange = "SMART";
    }
  }
  return contract;
}

std::map<Date, Session> parse_hours(std::string_view hours, std::string_view zone) {
  std::map<Date, Session> sessions;
  std::chrono::hours behind{0};
  if (zone == "US/Central" || zone == "America/Chicago" || zone == "CST") {
    behind = std::chrono::hours{1};
  } else if (zone != "US/Eastern" && zone != "America/New_York" && zone != "EST" &&
             zone != "EST5EDT") {
    return sessions;
  }
  while (!hours.empty()) {
    std::string_view range = part(hours, ';');
    const std::string_view from = part(range, '-');
    const auto open = moment(from, behind);
    const auto close = moment(range, behind);
    const auto day = parse_wire_date(from.substr(0, 8));
    if (day && open && close && *open < *close) {
      // Two ranges of one day are one session with a pause.
      const auto [at, fresh] =
          sessions.try_emplace(*day, Session{.date = *day, .open = *open, .close = *close});
      if (!fresh) { at->second.close = std::max(at->second.close, *close); }
    }
  }
  return sessions;
}

ContractBook::ContractBook(const InstrumentMaster& master, const std::vector<ContractRow>& rows) {
  for (std::uint32_t id = 0; id < master.size(); ++id) {
    static_cast<void>(index_.intern(master[ContractId{id}]));
  }
  rows_.resize(index_.size());
  for (const ContractRow& entry : rows) {
    // Contracts that the core has never heard of are found again, and told then.
    if (const auto id = index_.find(entry.contract)) {
      keep(*id, entry);
      Listing& listing = listings_[{entry.contract.root, entry.contract.expiry}];
      listing.seen = std::max(listing.seen, entry.seen);
      listing.ids.push_back(*id);
    }
  }
}

void ContractBook::keep(ContractId id, const ContractRow& entry) {
  if (rows_.size() <= id.raw()) { rows_.resize(id.raw() + std::size_t{1}); }
  rows_[id.raw()] = entry;
  by_con_id_[entry.con_id] = id;
}

std::expected<ContractRow, std::string> ContractBook::judge(const ContractData& data, Symbol root,
                                                            std::int32_t under_con_id, Date today) {
  const WireContract& wire = data.contract;
  const Instrument* instrument = find_instrument(root);
  if (instrument == nullptr) { return std::unexpected{"a class we do not trade"}; }
  if (wire.sec_type != "OPT") { return std::unexpected{"no option"}; }
  if (wire.trading_class != root.text()) {
    return std::unexpected{
        fmt::format("class {} where {} was asked for", wire.trading_class, root.text())};
  }
  if (whole<std::int32_t>(wire.multiplier) != instrument->multiplier.raw()) {
    return std::unexpected{fmt::format("multiplier {}, not {}: an adjusted series", wire.multiplier,
                                       instrument->multiplier.raw())};
  }
  if (data.under_con_id != 0 && under_con_id != 0 && data.under_con_id != under_con_id) {
    return std::unexpected{"another underlying"};
  }
  const auto expiry =
      parse_wire_date(data.real_expiration_date.empty() ? wire.expiry : data.real_expiration_date);
  const auto strike = Price::from_dollars(wire.strike);
  const bool call = wire.right == "C" || wire.right == "CALL";
  if (!expiry || !strike || *strike <= Price{} || wire.con_id <= 0 ||
      (!call && wire.right != "P" && wire.right != "PUT")) {
    return std::unexpected{"an incomplete description"};
  }
  return ContractRow{.con_id = wire.con_id,
                     .contract = {.root = root,
                                  .expiry = *expiry,
                                  .strike = *strike,
                                  .right = call ? OptionRight::kCall : OptionRight::kPut},
                     .market_rule = smart_rule(data),
                     .seen = today};
}

std::vector<ContractRow> ContractBook::list(Context& context, std::vector<ContractRow> rows) {
  const auto by_contract = [](const ContractRow& entry) {
    const Contract& c = entry.contract;
    return std::tuple{c.root, c.expiry, c.strike, c.right};
  };
  std::ranges::sort(rows, {}, by_contract);
  std::vector<ContractRow> refused;
  const std::size_t known = index_.size();
  std::set<std::pair<Symbol, Date>> renewed;
  for (const ContractRow& entry : rows) {
    const auto holder = find(entry.con_id);
    const auto id = find(entry.contract);
    const auto mine = id ? con_id(*id) : std::nullopt;
    if ((holder && contract(*holder) != entry.contract) || (mine && *mine != entry.con_id) ||
        contradicted_.contains(entry.con_id)) {
      contradicted_.insert(entry.con_id);
      if (mine) { contradicted_.insert(*mine); }
      refused.push_back(entry);
      continue;
    }
    const std::pair key{entry.contract.root, entry.contract.expiry};
    Listing& listing = listings_[key];
    if (renewed.insert(key).second) { listing = {.seen = entry.seen}; }
    const ContractId own = index_.intern(entry.contract);
    keep(own, entry);
    listing.ids.push_back(own);
  }
  if (index_.size() > known) {
    ContractsListed listed{.first = ContractId{static_cast<std::uint32_t>(known)}};
    for (std::size_t i = known; i < index_.size(); ++i) {
      listed.contracts.push_back(index_.master()[ContractId{static_cast<std::uint32_t>(i)}]);
    }
    context.tell(std::move(listed));
  }
  return refused;
}

std::optional<std::int32_t> ContractBook::con_id(ContractId id) const {
  if (id.raw() >= rows_.size() || rows_[id.raw()].con_id == 0) { return std::nullopt; }
  const std::int32_t number = rows_[id.raw()].con_id;
  return contradicted_.contains(number) ? std::nullopt : std::optional{number};
}

std::optional<ContractId> ContractBook::find(std::int32_t con_id) const {
  const auto found = by_con_id_.find(con_id);
  return found == by_con_id_.end() ? std::nullopt : std::optional{found->second};
}

WireContract ContractBook::wire(ContractId id) const {
  const Contract option = contract(id);
  return {.con_id = con_id(id).value_or(0),
          .symbol = std::string{option.underlying().text()},
          .sec_type = "OPT",
          .expiry = wire_date(option.expiry),
          .strike = option.strike.dollars(),
          .right = option.right == OptionRight::kCall ? "C" : "P",
          .multiplier = std::to_string(option.multiplier().raw()),
          .exchange = "SMART",
          .currency = "USD",
          .trading_class = std::string{option.root.text()}};
}

const ContractBook::Listing* ContractBook::listing(Symbol root, Date expiry) const {
  const auto found = listings_.find({root, expiry});
  return found == listings_.end() ? nullptr : &found->second;
}

void ContractBook::learn(const MarketRule& rule) {
  auto& steps = rules_[rule.market_rule_id];
  steps.clear();
  for (const PriceIncrement& increment : rule.increments) {
    const auto from = Price::from_dollars(increment.low_edge);
    const auto step = Price::from_dollars(increment.increment);
    if (from && step && *step > Price{}) { steps.emplace_back(*from, *step); }
  }
  std::ranges::sort(steps);
}

std::optional<Price> ContractBook::step(ContractId id, Price price) const {
  if (id.raw() >= rows_.size()) { return std::nullopt; }
  const auto found = rules_.find(rows_[id.raw()].market_rule);
  if (found == rules_.end()) { return std::nullopt; }
  const Price size = price < Price{} ? -price : price;
  std::optional<Price> step;
  for (const auto& [from, increment] : found->second) {
    if (from <= size) { step = increment; }
  }
  return step;
}

}  // namespace v6::ibkr

#include <fmt/format.h>

#include <memory>

#include "calendar/expiry.hpp"
#include "cli/command.hpp"
#include "cli/options.hpp"
#include "cli/terminal.hpp"
#include "report/json.hpp"
#include "sim/chain_files.hpp"
#include "strategy/market_view.hpp"

namespace v6 {
namespace {

struct ChainOptions {
  ReferenceOption reference;
  std::string chains;
  std::string underlying = "SPX";
  std::string root = "SPXW";
  std::string date;
  std::string expiry;
  bool json = false;
};

/// The yields known on a date: the last published ones.
YieldCurve curve_on(const Reference& reference, Date date) {
  YieldCurve curve;
  for (const YieldRow& row : reference.yields) {
    if (row.date > date) { break; }
    for (std::size_t i = 0; i < row.percent.size(); ++i) {
      if (row.percent[i]) { curve.percent[i] = row.percent[i]; }
    }
  }
  return curve;
}

/// One side of a strike, as a table or a document shows it.
struct Side {
  LegQuote quote;
  double iv = 0;
  double delta = 0;
};

std::optional<Side> side_of(const MarketView& view, std::optional<std::uint32_t> row,
                            const Surface* surface, OptionRight right, double strike) {
  if (!row) { return std::nullopt; }
  const auto quote = view.leg_quote(ContractId{view.chain().contract[*row]}, QuoteKind::kEndOfDay);
  Side side{.quote = *quote};
  if (surface != nullptr) {
    const Smile& smile = surface->smile;
    side.iv = smile.at(strike);
    side.delta = black_greeks({.right = right,
                               .forward = smile.forward(),
                               .strike = strike,
                               .volatility = side.iv,
                               .years = smile.years(),
                               .discount = smile.discount()},
                              view.spot().dollars())
                     .delta;
  }
  return side;
}

std::string optional_text(std::optional<double> value, int decimals) {
  return value ? fmt::format("{:.{}f}", *value, decimals) : "-";
}

Json side_json(const std::optional<Side>& side) {
  if (!side) { return nullptr; }
  return {
      {"bid", side->quote.quote.bid.text()},
      {"ask", side->quote.quote.ask.text()},
      {"open_interest", side->quote.open_interest},
      {"iv", side->iv},
      {"delta", side->delta},
      {"file_iv", side->quote.broker_iv ? Json(*side->quote.broker_iv) : Json(nullptr)},
      {"file_delta", side->quote.broker_delta ? Json(*side->quote.broker_delta) : Json(nullptr)}};
}

std::vector<std::string> side_cells(const std::optional<Side>& side) {
  if (!side) { return {"-", "-", "-", "-", "-", "-"}; }
  return {side->quote.quote.bid.text(),
          side->quote.quote.ask.text(),
          std::to_string(side->quote.open_interest),
          fmt::format("{:.4f}", side->iv),
          optional_text(side->quote.broker_iv, 4),
          fmt::format("{:+.3f}", side->delta)};
}

ExitCode run(const ChainOptions& options) {
  const Date date = date_option(options.date, "--date");
  const Date expiry = date_option(options.expiry, "--expiry");
  const Symbol underlying = symbol_option(options.underlying, "--underlying");
  const Symbol root = symbol_option(options.root, "--root");
  const Reference reference = options.reference.read();
  const Calendar calendar{reference.calendar};
  const auto files = list_chain_files(options.chains, underlying, date, date, calendar);
  ContractIndex index;
  const DayOfQuotes day = intern_day(parse_chain_file(files.front(), underlying), index);
  const Instant at = calendar.session(date, SessionKind::kEquity)->close - std::chrono::minutes{15};
  const MarketView view{
      underlying, day.spot, at, day.chain, index.master(), calendar, curve_on(reference, date)};
  const ExpirySlice* slice = view.slice(root, expiry);
  if (slice == nullptr) {
    std::string listed;
    for (const ExpirySlice* other : view.expiries(root)) {
      listed += (listed.empty() ? "" : ", ") + iso(other->expiry);
    }
    fail_usage(fmt::format("--expiry {}: {} has none on {}; listed are {}", options.expiry,
                           root.text(), iso(date), listed.empty() ? "none" : listed));
  }
  const Surface* surface = view.surface(*slice);

  Json strikes = Json::array();
  TextTable table{{">C bid", ">ask", ">open int.", ">IV", ">file IV", ">delta", ">strike", ">P bid",
                   ">ask", ">open int.", ">IV", ">file IV", ">delta"}};
  for (const StrikeRow& row : slice->strikes) {
    const double strike = row.strike.dollars();
    const auto call = side_of(view, row.call, surface, OptionRight::kCall, strike);
    const auto put = side_of(view, row.put, surface, OptionRight::kPut, strike);
    strikes.push_back(
        {{"strike", row.strike.text()}, {"call", side_json(call)}, {"put", side_json(put)}});
    auto cells = side_cells(call);
    cells.push_back(row.strike.text());
    for (std::string& cell : side_cells(put)) { cells.push_back(std::move(cell)); }
    table.add(std::move(cells));
  }
  std::optional<double> forward;
  std::optional<double> atm;
  if (surface != nullptr) {
    forward = surface->smile.forward();
    atm = surface->smile.atm();
  }
  if (options.json) {
    const JsonForm form{index.master()};
    print(Json{{"underlying", underlying.text()},
               {"root", root.text()},
               {"date", iso(date)},
               {"spot", day.spot.text()},
               {"expiry", iso(expiry)},
               {"dte", slice->dte},
               {"years", slice->years},
               {"forward", form.of(forward)},
               {"discount", surface != nullptr ? Json(surface->smile.discount()) : Json(nullptr)},
               {"atm_iv", form.of(atm)},
               {"strikes", std::move(strikes)}}
              .dump(2) +
          '\n');
    return ExitCode::kDone;
  }
  print(fmt::format("{} {}  {}  spot {}  {} days  forward {}  IV at the money {}\n\n{}",
                    root.text(), iso(expiry), iso(date), day.spot.text(), slice->dte,
                    optional_text(forward, 2), optional_text(atm, 4), table.text()));
  return ExitCode::kDone;
}

}  // namespace

void add_chain(CLI::App& app, Invocation& invocation) {
  auto options = std::make_shared<ChainOptions>();
  CLI::App* command =
      app.add_subcommand("chain", "one expiry of a recorded chain, with own IV and delta");
  command->footer(
      "Example:\n  v6 chain --chains data/spx-eod-2019 --date 2019-05-06 --expiry 2019-06-19");
  command->add_option("--chains", options->chains, "folder of chain files")->required();
  command->add_option("--date", options->date, "session, as 2019-05-06")->required();
  command->add_option("--expiry", options->expiry, "expiry, as 2019-06-19")->required();
  command->add_option("--underlying", options->underlying, "what the options are on")
      ->capture_default_str();
  command->add_option("--root", options->root, "option root")->capture_default_str();
  command->add_flag("--json", options->json, "print one JSON document");
  options->reference.add_to(*command);
  command->callback(
      [options, &invocation] { invocation.run = [options] { return run(*options); }; });
}

}  // namespace v6

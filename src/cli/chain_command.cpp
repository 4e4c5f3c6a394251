#include <fmt/format.h>

#include <memory>

#include "cli/chain_view.hpp"
#include "cli/command.hpp"
#include "cli/control.hpp"
#include "cli/market_day.hpp"
#include "cli/options.hpp"
#include "cli/terminal.hpp"
#include "report/output_folder.hpp"

namespace v6 {
namespace {

struct ChainOptions {
  std::string state;
  ReferenceOption reference;
  std::string chains;
  std::string underlying = "SPX";
  std::string root = "SPXW";
  std::string date;
  std::string expiry;
  std::string svg;
  bool all = false;
  bool json = false;
};

/// The dividends that go ex from now until expiry; an index has no list of them.
void add_dividends(ChainView& shown, const Reference& reference, const Calendar& calendar) {
  const auto found = reference.dividends.find(shown.underlying);
  if (found == reference.dividends.end()) { return; }
  const ListSource& source = found->second.source;
  shown.dividend_list = fmt::format("{} known to {}", source.name, iso(source.last));
  shown.dividends =
      found->second.between(shown.date + std::chrono::days{1}, shown.expiry, calendar);
}

/// The smile as a picture; "-" is standard output, which then has nothing else.
void draw(const ChainView& shown, const std::string& file) {
  const SmilePicture picture = smile_picture(shown);
  if (picture.marks.size() < 2) {
    fail_data(
        fmt::format("--svg {}: fewer than two contracts out of the money have a volatility", file));
  }
  if (file == "-") {
    print(smile_svg(picture));
  } else {
    write_text_file(file, smile_svg(picture));
  }
}

ExitCode run(const ChainOptions& options) {
  if (options.chains.empty()) {
    return look_at_bot("chain", {.state = options.state, .json = options.json});
  }
  if (options.date.empty() || options.expiry.empty()) {
    fail_usage("--chains needs --date and --expiry: which session, which series");
  }
  const Date date = date_option(options.date, "--date");
  const Date expiry = date_option(options.expiry, "--expiry");
  const Symbol underlying = symbol_option(options.underlying, "--underlying");
  const Symbol root = symbol_option(options.root, "--root");
  const Reference reference = options.reference.read();
  const MarketDay day{options.chains, underlying, date, reference};
  const MarketView& view = day.view();
  const ExpirySlice* slice = view.slice(root, expiry);
  if (slice == nullptr) {
    std::string listed;
    for (const ExpirySlice* other : view.expiries(root)) {
      listed += (listed.empty() ? "" : ", ") + iso(other->expiry);
    }
    fail_usage(fmt::format("--expiry {}: {} has none on {}; listed are {}", options.expiry,
                           root.text(), iso(date), listed.empty() ? "none" : listed));
  }
  ChainView shown{.underlying = underlying,
                  .root = root,
                  .date = date,
                  .expiry = expiry,
                  .dte = slice->dte,
                  .years = slice->years,
                  .spot = view.spot(),
                  .yields_of = day.yields_of()};
  add_dividends(shown, reference, day.calendar());
  shown.values = own_values(view, day.master(), *slice);
  if (const Surface* surface = view.surface(*slice)) {
    shown.atm_iv = surface->volatility(surface->forward.forward);
  }

  if (!options.svg.empty()) { draw(shown, options.svg); }
  if (options.svg == "-") { return ExitCode::kDone; }
  if (options.json) {
    print(chain_json(shown).dump(2) + '\n');
    return ExitCode::kDone;
  }
  print(chain_heading(shown) + '\n' +
        (options.all ? chain_table_of_all(shown) : chain_table(shown)) + chain_footing(shown));
  return ExitCode::kDone;
}

}  // namespace

void add_chain(CLI::App& app, Invocation& invocation) {
  auto options = std::make_shared<ChainOptions>();
  CLI::App* command = app.add_subcommand(
      "chain", "one expiry of a recorded chain: own IV and Greeks beside the file's");
  command->footer(
      "Example:\n  v6 chain --chains data/spx-eod-2019 --date 2019-05-06 --expiry 2019-06-19");
  command->add_option("--chains", options->chains,
                      "folder of chain files; else the running bot is asked");
  command->add_option("--state", options->state, "its state folder; else $XDG_STATE_HOME/v6");
  command->add_option("--date", options->date, "session, as 2019-05-06");
  command->add_option("--expiry", options->expiry, "expiry, as 2019-06-19");
  command->add_option("--underlying", options->underlying, "what the options are on")
      ->capture_default_str();
  command->add_option("--root", options->root, "option root")->capture_default_str();
  command->add_option("--svg", options->svg, "draw the smile into this file; - is standard output");
  command->add_flag("--all", options->all, "a line a contract, with every Greek");
  command->add_flag("--json", options->json, "print one JSON document");
  options->reference.add_to(*command);
  command->callback(
      [options, &invocation] { invocation.run = [options] { return run(*options); }; });
}

}  // namespace v6

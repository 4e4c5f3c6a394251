#include <fmt/format.h>

#include <memory>

#include "cli/command.hpp"
#include "cli/options.hpp"
#include "cli/payoff_legs.hpp"
#include "cli/payoff_plot.hpp"
#include "cli/payoff_text.hpp"
#include "cli/terminal.hpp"
#include "report/output_folder.hpp"
#include "report/payoff_chart.hpp"

namespace v6 {
namespace {

struct PayoffOptions {
  ConfigOptions config;
  ReferenceOption reference;
  std::string chains;
  std::string date;
  std::vector<std::string> legs;
  std::string price = "expected";
  std::string credit;
  std::string svg;
  bool json = false;
  bool stress = false;
};

/// The net price of a unit from the chain, or the one that was dealt.
void choose_price(const PayoffOptions& options, AnalysisRequest& request) {
  if (options.credit.empty()) {
    const auto basis = from_word<PriceBasis>(options.price);
    if (!basis || *basis == PriceBasis::kGiven) {
      fail_usage(fmt::format("--price \"{}\": accepted are expected, mid, natural", options.price));
    }
    request.basis = *basis;
    return;
  }
  const auto credit = Price::parse(options.credit);
  if (!credit) {
    fail_usage(
        fmt::format("--credit \"{}\": accepted are dollars a share for one unit, as 4.25; "
                    "a debit is negative",
                    options.credit));
  }
  request.basis = PriceBasis::kGiven;
  request.given = *credit;
}

ExitCode run(const PayoffOptions& options) {
  const Date date = date_option(options.date, "--date");
  const auto positions = read_legs(options.legs, date);
  const Contract& first = positions.front().contract;
  const Configuration configuration = options.config.load().settings;
  AnalysisRequest request;
  choose_price(options, request);

  const Reference reference = options.reference.read();
  const MarketDay day{options.chains, first.underlying(), date, reference};
  const Factors factors = day.factors(first.root);
  request.view = &day.view();
  request.master = &day.master();
  request.legs = quote_legs(day, positions);
  request.factors = &factors;
  request.strategy = &configuration.strategy;
  request.fees = &configuration.fees;
  const auto analysis = analyse(request);
  if (!analysis) {
    const auto& [root, expiry] = analysis.error();
    fail_data(
        fmt::format("{} {}: has settled, or has too few two-sided quotes on {} for a forward "
                    "and volatilities; choose another expiry or date",
                    root.text(), iso(expiry), iso(date)));
  }

  if (!options.svg.empty()) {
    const std::string svg = payoff_svg(*analysis);
    if (options.svg == "-") {
      print(svg);
      return ExitCode::kDone;
    }
    write_text_file(options.svg, svg);
  }
  if (options.json) {
    print(payoff_json(*analysis).dump(2) + '\n');
    return ExitCode::kDone;
  }
  std::string text = payoff_text(*analysis);
  if (options.stress) { text += '\n' + stress_text(stress_grid(*analysis), analysis->spot); }
  print(text + '\n' + payoff_plot(*analysis, columns_of_output(), colours_of_output()));
  return ExitCode::kDone;
}

}  // namespace

void add_payoff(CLI::App& app, Invocation& invocation) {
  auto options = std::make_shared<PayoffOptions>();
  CLI::App* command = app.add_subcommand(
      "payoff", "a structure on a recorded chain: payoff, value, chances, Greeks, margin");
  command->footer(
      "Example:\n"
      "  v6 payoff --chains data/spx-eod-2019 --date 2019-05-06 --svg condor.svg \\\n"
      "    --leg \"+1 SPXW 2019-06-21 2700 P\" --leg \"-1 SPXW 2019-06-21 2750 P\" \\\n"
      "    --leg \"-1 SPXW 2019-06-21 3025 C\" --leg \"+1 SPXW 2019-06-21 3075 C\"");
  command->add_option("--chains", options->chains, "folder of chain files")->required();
  command->add_option("--date", options->date, "session, as 2019-05-06")->required();
  command
      ->add_option("--leg", options->legs,
                   "contracts (sold negative), root, expiry, strike, C or P; repeatable")
      ->required()
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  auto* price =
      command->add_option("--price", options->price, "expected (of the price walk), mid or natural")
          ->capture_default_str();
  command
      ->add_option("--credit", options->credit,
                   "net price dealt instead, dollars a share of one unit; a debit is negative")
      ->excludes(price);
  command->add_option("--svg", options->svg, "write the picture to this file; - prints it alone");
  command->add_flag("--stress", options->stress, "also a grid over spot, volatility and days");
  command->add_flag("--json", options->json, "print one JSON document");
  options->config.add_to(*command);
  options->reference.add_to(*command);
  command->callback(
      [options, &invocation] { invocation.run = [options] { return run(*options); }; });
}

}  // namespace v6

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <csignal>
#include <memory>

#include "analytics/scalar_math.hpp"
#include "base/decimal.hpp"
#include "cli/command.hpp"
#include "cli/options.hpp"
#include "cli/price_batch.hpp"
#include "cli/price_one.hpp"
#include "cli/price_row.hpp"
#include "cli/terminal.hpp"

namespace v6 {
namespace {

/// As a shell reports a program that SIGPIPE ended: whoever read our output wanted no more.
constexpr auto kReaderGone = static_cast<ExitCode>(128 + SIGPIPE);

struct PriceOptions {
  ReferenceOption reference;
  // One option.
  std::string type, style, strike, spot, rate, yield, forward, discount, years, expiry, vol, price;
  std::vector<std::string> dividends;
  bool json = false;
  // A table of options.
  std::string input, output;
  // Both.
  std::string as_of, units = "desk", method;
};

double number_option(const std::string& text, std::string_view option, std::string_view accepted,
                     bool (*accepts)(double)) {
  const auto value = parse_double(text);
  if (value && accepts(*value)) { return *value; }
  fail_usage(fmt::format("{} \"{}\": accepted is {}", option, text, accepted));
}

double above_zero(const std::string& text, std::string_view option) {
  return number_option(text, option, "a number above 0", [](double value) { return value > 0; });
}

double from_zero(const std::string& text, std::string_view option) {
  return number_option(text, option, "a number from 0 on", [](double value) { return value >= 0; });
}

double rate_option(const std::string& text, std::string_view option) {
  return number_option(text, option, "a fraction a year, as 0.04 for 4 %",
                       [](double) { return true; });
}

/// Exactly one of two options is given.
void require_one(const std::string& one, std::string_view name, const std::string& other,
                 std::string_view other_name) {
  if (one.empty() == other.empty()) {
    const bool neither = one.empty();
    fail_usage(fmt::format("{} {} {} {}; one of them is needed", neither ? "neither" : "both", name,
                           neither ? "nor" : "and", other_name));
  }
}

Date today() { return new_york_date(std::chrono::system_clock::now()); }

/// Reads the options of one calculation, one concern after the other.
class OneOption {
 public:
  explicit OneOption(const PriceOptions& options)
      : options_{&options},
        as_of_{options.as_of.empty() ? today() : date_option(options.as_of, "--as-of")} {}

  PricedOption read() {
    read_contract();
    read_years();
    read_market();
    read_dividends();
    OptionTerms& terms = priced_.terms;
    if (!options_->vol.empty()) { terms.volatility = from_zero(options_->vol, "--vol"); }
    if (!options_->price.empty()) { terms.price = above_zero(options_->price, "--price"); }
    if (!terms.volatility && !terms.price) {
      fail_usage("neither --vol nor --price; one is needed, or both");
    }
    return std::move(priced_);
  }

 private:
  void read_contract() {
    OptionTerms& terms = priced_.terms;
    const auto right = right_of(options_->type);
    if (!right) {
      fail_usage(fmt::format("--type \"{}\": accepted are C, P, call, put", options_->type));
    }
    terms.right = *right;
    if (!options_->style.empty()) {
      const auto style = style_of(options_->style);
      if (!style) {
        fail_usage(fmt::format("--style \"{}\": accepted are european, american", options_->style));
      }
      terms.style = *style;
    }
    terms.strike = above_zero(options_->strike, "--strike");
  }

  void read_years() {
    require_one(options_->years, "--years", options_->expiry, "--expiry");
    if (!options_->years.empty()) {
      priced_.terms.years = from_zero(options_->years, "--years");
      return;
    }
    const Date expiry = date_option(options_->expiry, "--expiry");
    const auto years = years_between(as_of_, expiry);
    if (!years) {
      fail_usage(fmt::format("--expiry {} lies before --as-of {}", options_->expiry, iso(as_of_)));
    }
    priced_.terms.years = *years;
    priced_.expiry = expiry;
    priced_.as_of = as_of_;
  }

  void read_market() {
    require_one(options_->spot, "--spot", options_->forward, "--forward");
    OptionTerms& terms = priced_.terms;
    if (!options_->spot.empty()) {
      if (!options_->discount.empty()) { fail_usage("--discount goes with --forward"); }
      terms.market = SpotMarket{
          .spot = above_zero(options_->spot, "--spot"),
          .rate = rate(),
          .yield = options_->yield.empty() ? 0 : rate_option(options_->yield, "--yield")};
      return;
    }
    if (!options_->yield.empty()) { fail_usage("--yield goes with --spot"); }
    if (terms.style == ExerciseStyle::kAmerican) {
      fail_usage("--style american needs --spot: a forward does not say when to exercise");
    }
    if (!options_->discount.empty() && !options_->rate.empty()) {
      fail_usage("both --discount and --rate; accepted is one of them");
    }
    terms.market = ForwardMarket{.forward = above_zero(options_->forward, "--forward"),
                                 .discount = options_->discount.empty()
                                                 ? exact::exp(-rate() * terms.years)
                                                 : above_zero(options_->discount, "--discount")};
  }

  /// As given, else of the Treasury curve known on the day.
  double rate() {
    if (!options_->rate.empty()) { return rate_option(options_->rate, "--rate"); }
    const Reference reference = options_->reference.read();
    // Priced at the close of the day, when its own yields are known.
    const KnownYields known = yields_before(reference.yields, as_of_ + std::chrono::days{1});
    priced_.curve = known.date;
    if (!priced_.curve) {
      fail_data(fmt::format("no Treasury yields up to {}; give --rate", iso(as_of_)));
    }
    priced_.as_of = as_of_;
    return known.curve.rate_at(priced_.terms.years);
  }

  void read_dividends() {
    OptionTerms& terms = priced_.terms;
    if (!options_->dividends.empty() && terms.style != ExerciseStyle::kAmerican) {
      fail_usage("--dividend needs --style american");
    }
    for (const std::string& text : options_->dividends) {
      const std::size_t colon = text.find(':');
      const std::string when = text.substr(0, colon);
      const std::string amount = colon == std::string::npos ? "" : text.substr(colon + 1);
      const auto ex_date = parse_date(when);
      const auto years = ex_date ? days_between(as_of_, *ex_date) / 365.0 : parse_double(when);
      const auto dollars = parse_double(amount);
      if (!years || !dollars || *dollars < 0 || *years <= 0) {
        fail_usage(
            fmt::format("--dividend \"{}\": accepted is an ex-date after --as-of and dollars, as "
                        "2025-12-19:1.90, or years and dollars, as 0.05:1.90",
                        text));
      }
      if (!terms.dividends.empty() && *years <= terms.dividends.back().years) {
        fail_usage(fmt::format("--dividend {} does not lie after the one before it", text));
      }
      if (terms.dividends.size() == kMaxDividends) {
        fail_usage(fmt::format("--dividend: accepted are up to {}", kMaxDividends));
      }
      terms.dividends.push_back({.years = *years, .amount = *dollars});
      priced_.ex_dates.push_back(ex_date);
      if (ex_date) { priced_.as_of = as_of_; }
    }
  }

  const PriceOptions* options_;
  Date as_of_;
  PricedOption priced_;
};

/// One option can wait for the better method; a table may be long.
ValueSettings settings_of(const PriceOptions& options, PriceMethod usual) {
  return {.method =
              options.method.empty() ? usual : word_option<PriceMethod>(options.method, "--method"),
          .units = word_option<GreekUnits>(options.units, "--units")};
}

ExitCode price_one(const PriceOptions& options) {
  PricedOption priced = OneOption{options}.read();
  priced.settings = settings_of(options, PriceMethod::kReference);
  const auto value = value_option(priced.terms, priced.settings);
  if (!value) {
    const bool price = priced.terms.price.has_value();
    fail_data(fmt::format("{}no value: {}", price ? "--price " + options.price + ": " : "",
                          text_of(value.error())));
  }
  priced.value = *value;
  print(options.json ? price_json(priced) : price_text(priced));
  return ExitCode::kDone;
}

constexpr std::chrono::milliseconds kWhile{2000};
constexpr std::chrono::milliseconds kOften{200};

/// Shows how far a file is, once that takes a while.
BatchProgress bar_for(const ByteSource& source, std::optional<ProgressBar>& bar) {
  using Clock = std::chrono::steady_clock;
  const auto size = source.size();
  if (!size) {
    return [](std::size_t) {};
  }
  bar.emplace("pricing");
  return [&bar, all = *size, next = Clock::now() + kWhile](std::size_t done) mutable {
    if (Clock::now() < next) { return; }
    next = Clock::now() + kOften;
    bar->show(std::min(done, all), all);
  };
}

ExitCode price_table(const PriceOptions& options) {
  const std::string output = options.output.empty() ? "-" : options.output;
  const BatchSettings settings{
      .value = settings_of(options, PriceMethod::kFast),
      .as_of = options.as_of.empty() ? today() : date_option(options.as_of, "--as-of")};
  (void)std::signal(SIGPIPE, SIG_IGN);  // an error of the write instead
  const ByteSource source{options.input};
  ByteSink sink{output, source};
  const auto started = std::chrono::steady_clock::now();
  BatchTally tally;
  try {
    std::optional<ProgressBar> bar;
    tally = price_batch(source, sink, settings, bar_for(source, bar));
  } catch (const ReaderGone&) {
    complain(fmt::format("v6: {}: closed by its reader before the end\n", sink.name()));
    return kReaderGone;
  }
  sink.keep();
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  complain(fmt::format("v6: {}: {}; {:.1f} s, {:.0f} rows a second\n", source.name(), tally.text(),
                       seconds, static_cast<double>(tally.rows()) / std::max(seconds, 1e-9)));
  return tally.failed() == 0 ? ExitCode::kDone : ExitCode::kData;
}

/// An option of the other kind of call is a mistake, not a wish to be ignored.
void refuse_foreign(const CLI::App& command, bool table) {
  constexpr std::array kOfOne = {"--type",     "--style", "--strike", "--spot",     "--rate",
                                 "--yield",    "--years", "--expiry", "--vol",      "--forward",
                                 "--discount", "--price", "--json",   "--dividend", "--reference"};
  for (const std::string name : kOfOne) {
    if (table && command.count(name) > 0) {
      fail_usage(fmt::format("{} is of no use with --input: a table has columns", name));
    }
  }
  if (!table && command.count("--output") > 0) {
    fail_usage("--output goes with --input; one option is printed");
  }
}

ExitCode run(const PriceOptions& options, const CLI::App& command) {
  const bool table = command.count("--input") > 0;
  refuse_foreign(command, table);
  return table ? price_table(options) : price_one(options);
}

}  // namespace

void add_price(CLI::App& app, Invocation& invocation) {
  auto options = std::make_shared<PriceOptions>();
  CLI::App* command = app.add_subcommand(
      "price", "a calculator: price, Greeks, implied volatility, early exercise");
  command->footer(
      "Example:\n"
      "  v6 price --type put --style american --as-of 2025-12-01 --expiry 2026-01-16 \\\n"
      "     --spot 600 --strike 590 --vol 0.18 --rate 0.04 --dividend 2025-12-19:1.90\n"
      "  v6 price --input options.csv --output priced.csv\n\n"
      "A table is CSV with a header; columns by name in any order, others are carried through:\n"
      "  type C, P, call, put; style european (if absent or empty), american; strike;\n"
      "  spot, rate, yield or forward, discount; years or expiry; vol or price or both;\n"
      "  dividends as years:amount;years:amount, ascending, for american.\n"
      "Results follow the columns, which stay as they are: price (where none was given), delta,\n"
      "gamma, vega, theta, rho, iv (of the price given), premium (of early exercise), status.\n"
      "A row that cannot be priced says why in status and has no results; the rest go on. The\n"
      "summary on standard error counts them. Given both, price is for iv and vol for the Greeks.\n"
      "By a forward, the Greeks are those of an option on it: delta and gamma per $1 of forward,\n"
      "theta and rho while it holds. Years are calendar days over 365 from --as-of. Rates, yields\n"
      "and volatilities are fractions a year (0.04 is 4 %), rates and yields continuous.\n"
      "desk: vega and rho per 0.01, theta a calendar day; unit: per 1.00 and a year.\n"
      "A row may have 65,536 bytes. Exit code 4 if any row failed; 141 if the reader of standard\n"
      "output closed it before the end.");
  const auto text = [&](const char* name, std::string& value, const char* meaning) {
    command->add_option(name, value, meaning);
  };
  text("--type", options->type, "C, P, call or put");
  text("--style", options->style, "european or american; else european");
  text("--strike", options->strike, "dollars");
  text("--spot", options->spot, "dollars; or --forward");
  text("--rate", options->rate,
       "continuous; else the Treasury curve of --as-of or the last before");
  text("--yield", options->yield, "continuous dividend yield; else 0");
  text("--forward", options->forward, "dollars, with --discount or --rate; european only");
  text("--discount", options->discount, "today's price of one dollar at expiry");
  text("--expiry", options->expiry, "date, as 2026-01-16; or --years");
  text("--years", options->years, "to expiry");
  text("--vol", options->vol, "volatility; or --price, or both");
  text("--price", options->price, "dollars, for its implied volatility");
  command
      ->add_option("--dividend", options->dividends,
                   "cash by ex-date, as 2025-12-19:1.90 (or years:1.90); repeatable, ascending")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  text("--as-of", options->as_of, "date priced for; else today in New York");
  command->add_option("--units", options->units, "desk or unit")->capture_default_str();
  text("--method", options->method,
       "for american: fast or reference; else reference for one option, fast for a table");
  text("--input", options->input, "a table of options; - is standard input");
  text("--output", options->output, "where it goes, priced; else, and as -, standard output");
  command->add_flag("--json", options->json, "print one JSON document");
  options->reference.add_to(*command);
  command->callback([options, command, &invocation] {
    invocation.run = [options, command] { return run(*options, *command); };
  });
}

}  // namespace v6

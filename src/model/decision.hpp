#pragma once

#include <boost/describe.hpp>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "model/ids.hpp"
#include "model/structure.hpp"

namespace v6 {

enum class Mode : std::uint8_t { kDryRun, kSimulated, kPaper, kLive };
BOOST_DESCRIBE_ENUM(Mode, kDryRun, kSimulated, kPaper, kLive)
enum class Outlook : std::uint8_t { kBullish, kBearish, kNeutral };
BOOST_DESCRIBE_ENUM(Outlook, kBullish, kBearish, kNeutral)
enum class IvLevel : std::uint8_t { kLow, kNormal, kHigh, kExtreme };
BOOST_DESCRIBE_ENUM(IvLevel, kLow, kNormal, kHigh, kExtreme)
enum class Regime : std::uint8_t { kCrash, kHighVol, kTrending, kLowVol, kRangeBound, kNormal };
BOOST_DESCRIBE_ENUM(Regime, kCrash, kHighVol, kTrending, kLowVol, kRangeBound, kNormal)

/// What the market looks like to the strategy. Absent means unknown, and unknown never trades.
struct Factors {
  Price spot;
  std::optional<double> average_20;
  std::optional<double> average_50;
  std::optional<double> return_20;  // fraction
  std::optional<Outlook> outlook;
  std::string iv_source;                // what the percentile is taken of: "VIX" or "own 30-day IV"
  std::optional<double> iv_percentile;  // 0..100
  std::optional<double> iv_rank;        // 0..100, shown, decides nothing
  std::optional<double> iv_percentile_mean_20;
  std::optional<IvLevel> iv_level;
  std::optional<bool> volatility_rising;
  std::optional<double> iv_30;  // constant maturity, 0.15 is 15 %
  std::optional<double> iv_60;
  std::optional<double> skew_25_delta;
  std::optional<bool> backwardated;
  std::optional<double> realised_20;
  std::optional<double> realised_252;
  std::optional<double> put_call_ratio;  // by volume
  std::optional<double> vix;             // points
  std::optional<Regime> regime;
};
BOOST_DESCRIBE_STRUCT(Factors, (),
                      (spot, average_20, average_50, return_20, outlook, iv_source, iv_percentile,
                       iv_rank, iv_percentile_mean_20, iv_level, volatility_rising, iv_30, iv_60,
                       skew_25_delta, backwardated, realised_20, realised_252, put_call_ratio, vix,
                       regime))

/// Gates pass or refuse, exit rules hold or fire; both skip what they cannot or need not judge.
enum class Verdict : std::uint8_t { kPass, kRefuse, kSkip, kHold, kFire };
BOOST_DESCRIBE_ENUM(Verdict, kPass, kRefuse, kSkip, kHold, kFire)

/// What a line of a waterfall is: a gate before opening, or an exit rule.
enum class CheckKind : std::uint8_t { kGate, kRule };
BOOST_DESCRIBE_ENUM(CheckKind, kGate, kRule)

/// One line of a waterfall.
struct Check {
  std::string name;
  CheckKind kind = CheckKind::kGate;
  Verdict verdict = Verdict::kSkip;
  std::optional<double> measured;
  std::optional<double> limit;
  std::string unit;
  /// In the unit: positive by how much it passes (an exit rule: is away from firing), negative by
  /// how much it misses.
  std::optional<double> distance;
  std::string detail;

  friend bool operator==(const Check&, const Check&) = default;
};
BOOST_DESCRIBE_STRUCT(Check, (), (name, kind, verdict, measured, limit, unit, distance, detail))

using Waterfall = std::vector<Check>;

inline void append(Waterfall& waterfall, Waterfall more) {
  std::ranges::move(more, std::back_inserter(waterfall));
}

/// The first line that refused or fired.
[[nodiscard]] const Check* first_of(const Waterfall& waterfall, Verdict verdict);

/// Each component 0..1, the total 0..100.
struct Score {
  double total = 0;
  double edge = 0;
  double price = 0;
  double chance = 0;
  double liquidity = 0;
  double carry = 0;
  double fit = 0;
};
BOOST_DESCRIBE_STRUCT(Score, (), (total, edge, price, chance, liquidity, carry, fit))

/// A structure that could be opened, priced. Prices per unit and signed as cash to us; money and
/// expected values for one unit, in dollars.
struct Candidate {
  StructureKind kind = StructureKind::kCustom;
  Legs legs;
  std::vector<LegQuote> quotes;  // in the order of the legs
  Price mid;
  Price natural;
  Price expected_price;
  Money worst_case;
  Money fees;  // to open
  double expected_value = 0;
  double expected_value_risk_neutral = 0;
  double probability_of_profit = 0;
  double delta = 0;  // per unit, in units of the underlying x multiplier; so are the other Greeks
  double gamma = 0;
  double theta = 0;
  double vega = 0;
  double implied_volatility = 0;  // vega-weighted mean of the legs
  std::vector<double> leg_deltas;
  std::vector<double> leg_ivs;
  double fair_value = 0;  // the smile's own price of the unit, signed as cash
  Score score;
};
BOOST_DESCRIBE_STRUCT(Candidate, (),
                      (kind, legs, quotes, mid, natural, expected_price, worst_case, fees,
                       expected_value, expected_value_risk_neutral, probability_of_profit, delta,
                       gamma, theta, vega, implied_volatility, leg_deltas, leg_ivs, fair_value,
                       score))

struct CandidateCount {
  std::uint32_t examined = 0;
  std::uint32_t passed = 0;
  std::optional<double> best_score;
};
BOOST_DESCRIBE_STRUCT(CandidateCount, (), (examined, passed, best_score))

enum class DecisionKind : std::uint8_t { kEntry, kExit };
BOOST_DESCRIBE_ENUM(DecisionKind, kEntry, kExit)
enum class Outcome : std::uint8_t {
  kOpened,
  kRefused,
  kNoCandidate,
  kHold,
  kClosed,
  kRolled,
  kReduced
};
BOOST_DESCRIBE_ENUM(Outcome, kOpened, kRefused, kNoCandidate, kHold, kClosed, kRolled, kReduced)

/// One answer to "trade now?", with everything it rested on. `opened`, `closed`, `reduced` and
/// `rolled` say what was ordered; the order's own record says what came of it.
struct Decision {
  DecisionId id;
  Instant at;
  Symbol underlying;
  DecisionKind kind = DecisionKind::kEntry;
  Outcome outcome = Outcome::kHold;
  Factors factors;
  Waterfall waterfall;
  CandidateCount candidates;
  std::optional<Candidate> chosen;
  std::string rule;  // exits: the rule that fired; on a hold, its exit is on its way already
  StructureId structure;
  IntentId intent;
};
BOOST_DESCRIBE_STRUCT(Decision, (),
                      (id, at, underlying, kind, outcome, factors, waterfall, candidates, chosen,
                       rule, structure, intent))

}  // namespace v6

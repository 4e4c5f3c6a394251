#include "strategy/chain_refresh.hpp"

#include <bit>
#include <cmath>
#include <cstring>
#include <map>
#include <utility>

#include "base/check.hpp"

namespace v6 {
namespace {

static_assert(std::endian::native == std::endian::little,
              "the stream's numbers are read as they are");

template <class T>
T number_at(std::span<const std::byte> bytes) {
  T value;
  std::memcpy(&value, bytes.data(), sizeof value);
  return value;
}

}  // namespace

ChainRefresh::ChainRefresh(const MarketView& view, const InstrumentMaster& master, Symbol root)
    : master_{&master},
      instrument_{*find_instrument(root)},
      at_{view.at()},
      fitted_spot_{view.spot().dollars()},
      spot_{fitted_spot_},
      chain_{view.chain()} {
  for (const ExpirySlice* slice : view.expiries(root)) {
    const Surface* surface = view.surface(*slice);
    if (surface == nullptr) { continue; }
    Part& part = parts_.emplace_back(Part{.expiry = slice->expiry, .fitted = *surface});
    part.puts.legs.start(OptionRight::kPut);
    part.calls.legs.start(OptionRight::kCall);
    for (const StrikeRow& row : slice->strikes) {
      if (row.put) { part.puts.legs.add(*row.put, row.strike); }
      if (row.call) { part.calls.legs.add(*row.call, row.strike); }
    }
    contracts_ += part.puts.legs.size() + part.calls.legs.size();
  }
  results_.resize(parts_.size());
}

std::expected<std::size_t, QuoteStreamError> ChainRefresh::take(std::span<const std::byte> stream) {
  const std::size_t count = stream.size() / kQuoteBytes;
  for (std::size_t i = 0; i < count; ++i) {
    const auto quote = stream.subspan(i * kQuoteBytes, kQuoteBytes);
    const auto row = number_at<std::uint32_t>(quote);
    if (row >= chain_.size()) { return std::unexpected{QuoteStreamError::kUnknownContract}; }
    chain_.bid[row] = number_at<std::int32_t>(quote.subspan(4));
    chain_.ask[row] = number_at<std::int32_t>(quote.subspan(8));
  }
  if (stream.size() % kQuoteBytes != 0) { return std::unexpected{QuoteStreamError::kCutShort}; }
  return count;
}

void ChainRefresh::read_quotes(RefreshedSide& side) {
  const std::size_t count = side.legs.size();
  for (auto* column : {&side.bids, &side.mids, &side.asks, &side.bid_volatilities,
                       &side.mid_volatilities, &side.ask_volatilities}) {
    column->resize(count);
  }
  errors_.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    const Quote quote = chain_.quote(side.legs.place(i));
    side.bids[i] = quote.bid.dollars();
    side.mids[i] = quote.mid().dollars();
    side.asks[i] = quote.ask.dollars();
  }
}

/// `implied`: prices to volatilities.
void ChainRefresh::imply(RefreshedSide& side, const auto& implied) {
  read_quotes(side);
  implied(side.bids, {.volatilities = side.bid_volatilities, .errors = errors_});
  implied(side.mids, {.volatilities = side.mid_volatilities, .errors = errors_});
  implied(side.asks, {.volatilities = side.ask_volatilities, .errors = errors_});
}

/// The smile through the mids of the out-of-the-money side, as `make_smile` draws it.
void ChainRefresh::bend(Part& part, const Forward& forward) {
  constexpr std::size_t kLeastPoints = 3;
  if (part.surface) { points_ = std::move(part.surface->smile).release(); }
  points_.clear();
  const auto gather = [&](const RefreshedSide& side, bool below) {
    for (std::size_t i = 0; i < side.legs.size(); ++i) {
      const double strike = side.legs.strike(i).dollars();
      if ((strike < forward.forward) != below) { continue; }
      // A zero bid has no mid worth a volatility.
      if (!(side.bids[i] > 0) || std::isnan(side.mid_volatilities[i])) { continue; }
      points_.push_back({.strike = strike, .volatility = side.mid_volatilities[i]});
    }
  };
  gather(part.puts, true);
  gather(part.calls, false);
  if (points_.size() < kLeastPoints) {
    part.surface.reset();
    return;
  }
  part.surface.emplace(forward, Smile{std::move(points_), forward, part.fitted.smile.years()});
}

void ChainRefresh::value_european(Part& part) {
  Forward forward = part.fitted.forward;
  // The same bits as the fit's own while the spot stands.
  if (spot_ != fitted_spot_) { forward.forward *= spot_ / fitted_spot_; }
  const BlackSlice slice{.spot = spot_,
                         .forward = forward.forward,
                         .discount = forward.discount,
                         .years = part.fitted.smile.years()};
  for (RefreshedSide* side : {&part.puts, &part.calls}) {
    imply(*side, [&](std::span<const double> prices, const VolatilityColumns& out) {
      implied_volatilities(slice, side->legs.columns(), prices, out);
    });
  }
  bend(part, forward);
}

void ChainRefresh::value_american(Part& part) {
  CarriedShare carry = part.fitted.early->carry();
  carry.spot = spot_;
  std::map<double, StrikeQuote> mids;
  for (RefreshedSide* side : {&part.puts, &part.calls}) {
    const auto strikes = side->legs.columns().strikes;
    imply(*side, [&](std::span<const double> prices, const VolatilityColumns& out) {
      american_implied_volatilities(american_slice(side->legs.right(), carry), strikes, prices,
                                    out);
    });
    for (std::size_t i = 0; i < strikes.size(); ++i) {
      StrikeQuote& quote = mids[strikes[i]];
      quote.strike = strikes[i];
      if (!(side->bids[i] > 0)) { continue; }
      (side->legs.right() == OptionRight::kPut ? quote.put_mid : quote.call_mid) = side->mids[i];
    }
  }
  std::vector<StrikeQuote> ascending;
  for (const auto& [strike, quote] : mids) { ascending.push_back(quote); }
  Forward parity = part.fitted.early->parity;
  if (spot_ != fitted_spot_) { parity.forward *= spot_ / fitted_spot_; }
  part.surface.reset();
  if (auto surface = american_surface(ascending, carry, parity)) {
    part.surface.emplace(std::move(*surface));
  }
}

void ChainRefresh::value(Price spot) {
  spot_ = spot.dollars();
  for (Part& part : parts_) {
    part.fitted.early ? value_american(part) : value_european(part);
    if (!part.surface) { continue; }
    part.puts.legs.value(*part.surface, spot_);
    part.calls.legs.value(*part.surface, spot_);
  }
}

std::span<const RefreshedExpiry> ChainRefresh::search(const RefreshTerms& terms) {
  V6_CHECK(terms.query.kind == StructureKind::kIronCondor, "a refresh looks for condors");
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    Part& part = parts_[i];
    RefreshedExpiry& result = results_[i];
    result = {.expiry = part.expiry};
    if (!part.surface) { continue; }
    const Pricer pricer{
        .settings = terms.settings,
        .fees = terms.fees,
        .surface = &*part.surface,
        .forecast = Forecast{terms.settings->forecast, *terms.factors, part.surface->smile},
        .spot = spot_,
        .multiplier = instrument_.multiplier,
        .beta = instrument_.beta_to_spy,
        .book = terms.book};
    std::swap(memory_.puts.legs, part.puts.legs);
    std::swap(memory_.calls.legs, part.calls.legs);
    CandidateBuilder builder{*master_, pricer, terms.query, memory_};
    builder.search({.chain = &chain_, .at = at_});
    std::swap(memory_.puts.legs, part.puts.legs);
    std::swap(memory_.calls.legs, part.calls.legs);
    result.count = builder.count();
    if (const auto& best = builder.best()) {
      result.best.emplace();
      result.best->score = best->total;
      for (std::size_t k = 0; k < best->legs.size(); ++k) {
        result.best->legs[k] = best->legs[k]->quote.contract;
      }
    }
  }
  return results_;
}

}  // namespace v6

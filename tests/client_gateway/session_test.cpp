#include <chrono>
#include "client_gateway/pair.hpp"
namespace v6 { namespace {
using std::chrono::minutes; using std::chrono::seconds; using std::chrono::milliseconds;
Instant morning() { return new_york_instant(date(2019, 5, 7), std::chrono::hours{9} + minutes{20}); }
void dump(Pair& pair, std::size_t from=0, std::size_t nfrom=0) {
  for (std::size_t i=nfrom;i<pair.notices.size();++i) printf("NOTICE %s\n", pair.notices[i].c_str());
  for (const auto& n : pair.log) printf("GATEWAY %s\n", n.c_str());
  pair.log.clear();
  for (std::size_t i=from;i<pair.events.size();++i) {
    const auto& e=pair.events[i];
    if (auto* l=std::get_if<LinkChanged>(&e)) printf("LINK %s %s\n", std::string{word(l->state)}.c_str(), l->why.c_str());
    if (auto* l=std::get_if<OrderAcknowledged>(&e)) printf("ACK %s %ld\n", l->order.text().c_str(), l->perm_id);
    if (auto* l=std::get_if<OrderCancelled>(&e)) printf("CANCELLED %s\n", l->order.text().c_str());
    if (auto* l=std::get_if<OrderRejected>(&e)) printf("REJECTED %s %s\n", l->order.text().c_str(), l->reason.c_str());
    if (auto* l=std::get_if<OrderOutcomeUnknown>(&e)) printf("UNKNOWN %s\n", l->order.text().c_str());
    if (auto* l=std::get_if<OrderNotFound>(&e)) printf("NOTFOUND %s\n", l->order.text().c_str());
    if (auto* l=std::get_if<ForeignOrderSeen>(&e)) printf("FOREIGN %s\n", l->text.c_str());
    if (auto* l=std::get_if<OrderFilled>(&e)) { printf("FILLED %s %d %s rev %u:", l->order.text().c_str(), l->quantity.raw(), l->execution.root.c_str(), l->execution.revision); for(auto&g:l->legs) printf(" %u %s x%d @%s fee %s;", g.contract.raw(), g.side==Side::kBuy?"buy":"sell", g.quantity.raw(), g.price.text().c_str(), g.fees.text().c_str()); printf("\n"); }
    if (auto* l=std::get_if<CommissionReported>(&e)) printf("COMMISSION %s %u %s\n", l->order.text().c_str(), l->contract.raw(), l->fees.text().c_str());
    if (auto* l=std::get_if<PositionsReported>(&e)) { printf("POSITIONS"); for(auto&x:l->positions) printf(" %s x%d", x.contract.text().c_str(), x.quantity.raw()); printf("\n"); }
    if (auto* l=std::get_if<AccountReported>(&e)) printf("ACCOUNT nlv %s cash %s im %s mm %s el %s\n", l->net_liquidation?l->net_liquidation->text().c_str():"-", l->cash?l->cash->text().c_str():"-", l->initial_margin?l->initial_margin->text().c_str():"-", l->maintenance_margin?l->maintenance_margin->text().c_str():"-", l->excess_liquidity?l->excess_liquidity->text().c_str():"-");
    if (auto* l=std::get_if<LegQuotesArrived>(&e)) { printf("QUOTES %s spot %s at %s:", l->request.text().c_str(), l->spot.text().c_str(), iso(l->spot_at).c_str()); for(auto&q:l->quotes) printf(" %u %s/%s at %s oi %u d %.3f;", q.contract.raw(), q.quote.bid.text().c_str(), q.quote.ask.text().c_str(), iso(q.at).c_str(), q.open_interest, q.broker_delta.value_or(9)); printf("\n"); }
    if (auto* l=std::get_if<HoldingsQuoted>(&e)) printf("HOLDINGS %zu spot %s at %s\n", l->quotes.size(), l->spot.text().c_str(), iso(l->spot_at).c_str());
    if (auto* l=std::get_if<ChainSnapshotTaken>(&e)) printf("CHAIN %zu\n", l->chain->size());
  }
}
TEST(Explore, Orders) {
  Pair pair{morning()};
  pair.run(minutes{40});
  auto n = pair.events.size(); auto nn = pair.notices.size();
  // pick legs
  Date exp{}; std::map<int, ContractId> puts;
  const auto chain = pair.all<ChainSnapshotTaken>().back().chain;
  for (auto id : chain->contract) { Contract c = pair.master[ContractId{id}]; if (exp==Date{}) exp=c.expiry; if (c.expiry==exp && c.right==OptionRight::kPut) puts[int(c.strike.dollars())]=ContractId{id}; }
  printf("exp %s puts %zu\n", iso(exp).c_str(), puts.size());
  OrderTicket t{.intent=IntentId{1},.order=OrderId{1},.underlying="SPX"_sym};
  t.legs={{puts.at(2700),1},{puts.at(2750),-1}};
  t.quantity=Contracts{2};
  pair.client().request({.request=QuoteRequestId{1},.contracts={puts.at(2700),puts.at(2750)}});
  pair.run(seconds{2});
  dump(pair,n,nn); n=pair.events.size(); nn=pair.notices.size();
  t.walk={.first=Price::cents(2000),.last=Price::cents(2000),.step=Price::cents(5)};
  printf("id %d\n", pair.client().reserve_id(t.order));
  printf("submit %d\n", pair.client().submit(pair.permit(t)).has_value());
  pair.carry(); pair.run(seconds{3});
  dump(pair,n,nn); n=pair.events.size(); nn=pair.notices.size();
  printf("modify %d\n", pair.client().modify({.order=t.order,.limit=Price::cents(1000)}).has_value());
  pair.run(seconds{3});
  printf("modify %d\n", pair.client().modify({.order=t.order,.limit=Price::cents(-1000)}).has_value());
  pair.run(seconds{3});
  dump(pair,n,nn); n=pair.events.size(); nn=pair.notices.size();
  pair.client().hold({puts.at(2700),puts.at(2750)});
  pair.run(minutes{2});
  dump(pair,n,nn); n=pair.events.size(); nn=pair.notices.size();
  // cancel one
  t.intent=IntentId{2}; t.order=OrderId{2}; t.walk.first=t.walk.last=Price::cents(2000);
  printf("id %d\n", pair.client().reserve_id(t.order));
  printf("submit %d\n", pair.client().submit(pair.permit(t)).has_value());
  pair.run(seconds{2});
  pair.drop();
  pair.run(seconds{20});
  printf("cancel %d\n", pair.client().cancel(t.order).has_value());
  pair.run(seconds{3});
  dump(pair,n,nn); n=pair.events.size(); nn=pair.notices.size();
  // lost on the way
  t.intent=IntentId{3}; t.order=OrderId{3};
  printf("id %d\n", pair.client().reserve_id(t.order));
  pair.frozen = true;
  printf("submit %d\n", pair.client().submit(pair.permit(t)).has_value());
  (void)pair.client().take_output();
  pair.run(seconds{20});
  pair.frozen = false;
  pair.run(seconds{30});
  dump(pair,n,nn); n=pair.events.size(); nn=pair.notices.size();
  const auto c = pair.client().counters();
  printf("in %lu out %lu unknown %lu/%lu late %lu evicted %lu lines %d\n", c.messages_in, c.messages_out, c.unknown_messages, c.unknown_requests, c.late_requests, c.evicted_lines, c.lines);
}
} }

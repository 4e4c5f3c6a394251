#pragma once

#include <nlohmann/json.hpp>

#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

#include "base/codec.hpp"
#include "base/enum_text.hpp"
#include "model/command.hpp"
#include "model/contract.hpp"

namespace v6 {

using Json = nlohmann::ordered_json;

/// Our values as JSON: prices and money as decimal strings, times as ISO-8601 UTC, absence as null,
/// words for enums, text for ids, contracts spelt out. Described structs follow member by member.
class JsonForm {
 public:
  explicit JsonForm(const InstrumentMaster& master) : master_{&master} {}

  [[nodiscard]] static Json of(const Contract& contract) {
    return {{"underlying", contract.underlying().text()},
            {"root", contract.root.text()},
            {"expiry", iso(contract.expiry)},
            {"strike", contract.strike.text()},
            {"right", word(contract.right)},
            {"multiplier", contract.multiplier().raw()}};
  }
  [[nodiscard]] Json of(ContractId id) const { return of((*master_)[id]); }
  [[nodiscard]] static Json of(Symbol symbol) { return symbol.text(); }
  [[nodiscard]] static Json of(Instant at) { return iso(at); }
  [[nodiscard]] static Json of(Date date) { return iso(date); }
  [[nodiscard]] static Json of(Contracts count) { return count.raw(); }
  [[nodiscard]] static Json of(const std::string& text) { return text; }
  template <class Kind>
  [[nodiscard]] static Json of(Fixed<Kind> amount) {
    return amount.text();
  }
  template <class Kind>
  [[nodiscard]] static Json of(Id<Kind> id) {
    return id ? Json(id.text()) : Json(nullptr);
  }
  template <class T>
    requires std::is_arithmetic_v<T>
  [[nodiscard]] static Json of(T value) {
    return value;
  }
  template <DescribedEnum E>
  [[nodiscard]] static Json of(E value) {
    return word(value);
  }
  template <class T>
  [[nodiscard]] Json of(const std::optional<T>& value) const {
    return value ? of(*value) : Json(nullptr);
  }
  template <class T>
  [[nodiscard]] Json of(const std::vector<T>& values) const {
    Json list = Json::array();
    for (const T& value : values) { list.push_back(of(value)); }
    return list;
  }
  template <codec::Described T>
  [[nodiscard]] Json of(const T& value) const {
    Json object = Json::object();
    boost::mp11::mp_for_each<codec::MembersOf<T>>(
        [&](auto member) { object[member.name] = of(value.*member.pointer); });
    return object;
  }

  /// {"gate" or "rule": name, ...}.
  [[nodiscard]] Json of(const Check& check) const;
  [[nodiscard]] Json of(const Candidate& candidate) const;
  [[nodiscard]] Json of(const Decision& decision) const;
  [[nodiscard]] Json of(const RecordOrder& order) const;
  [[nodiscard]] Json of(const RecordFill& fill) const;
  [[nodiscard]] Json of(const RecordStructure& structure) const;

 private:
  [[nodiscard]] Json leg(const Leg& leg) const;

  const InstrumentMaster* master_;
};

}  // namespace v6

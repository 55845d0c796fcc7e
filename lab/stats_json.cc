// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Built by Boost.JSON; names end in their unit.
#include "stats_json.h"

#include "json_text.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace penstock::lab {
namespace {

namespace json = boost::json;

json::object tally_json(Tally& tally) {
  const auto judged = tally.arrivals.judged();
  json::object outcomes;
  for (const auto& [outcome, count] : tally.outcomes) outcomes[outcome] = count;
  json::value spacing = nullptr;
  if (judged.least_spacing.count() >= 0) spacing = judged.least_spacing.count();
  return {{"requests", tally.requests},
          {"in_flight", tally.in_flight},
          {"peak_in_flight", tally.peak_in_flight},
          {"max_per_second", judged.most_in_window},
          {"min_spacing_ns", spacing},
          {"span_ns", judged.span.count()},
          {"early", tally.early},
          {"early_in_grace", tally.in_grace},
          {"abandoned", tally.abandoned},
          {"bytes_out", tally.bytes_out},
          {"by_status", std::move(outcomes)}};
}

json::object repeats_json(const Repeats& repeats) {
  return {{"distinct", repeats.distinct},
          {"requested_again", repeats.requested_again},
          {"requests_max", repeats.requests_max},
          {"answered_again", repeats.answered_again},
          {"answers_max", repeats.answers_max}};
}

json::array limits_json(const Limiter& limiter) {
  json::array limits;
  for (std::size_t i = 0; i < limiter.rules().size(); ++i) {
    const auto& rule = limiter.rules()[i];
    limits.push_back(json::object{{"path", valid_utf8(rule.path)},
                                  {"rate_per_s", rule.rate_per_s},
                                  {"concurrency", rule.concurrency},
                                  {"admitted", limiter.count(i).admitted},
                                  {"refused", limiter.count(i).refused}});
  }
  return limits;
}

}  // namespace

std::string render_stats(Stats& stats, const Limiter& limiter,
                         std::optional<std::uint64_t> quota_left) {
  json::object hosts;
  for (auto& [host, tally] : stats.hosts()) hosts[valid_utf8(host)] = tally_json(tally);
  const auto& connections = stats.connections();
  json::object all{{"total", tally_json(stats.total())},
                   {"connections", json::object{{"accepted", connections.accepted},
                                                {"open", connections.open},
                                                {"peak", connections.peak}}},
                   {"urls", repeats_json(stats.repeats())},
                   {"limits", limits_json(limiter)},
                   {"quota_left", quota_left ? json::value(*quota_left) : json::value(nullptr)},
                   {"hosts", std::move(hosts)}};
  return json::serialize(all) + "\n";
}

}  // namespace penstock::lab

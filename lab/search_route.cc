// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Hosts of results are drawn from a hash of the path, so that a page always has the same URL.
#include "search_route.h"

#include "chance.h"
#include "json_text.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>

namespace penstock::lab {
namespace {

namespace json = boost::json;

constexpr std::uint64_t kCountMax = 1'000;

std::string host_of(const Site& site, const Request& request, const std::string& path) {
  const std::string authority(request.authority());
  if (site.spread == 0) return authority;
  const auto number = hash_text(path) % site.spread;
  // 127.0.0.1, 127.0.0.2, ...; past 255 it goes on in the next octet.
  const auto address = 0x7F000001u + static_cast<std::uint32_t>(number);
  std::string host = "127";
  for (int shift = 16; shift >= 0; shift -= 8) {
    host.append(".").append(std::to_string((address >> shift) & 255));
  }
  const auto port = request.host().size();
  return port < authority.size() ? host + authority.substr(port) : host;
}

json::object result_of(const Site& site, const Request& request, const Target& target,
                       const PageIndex::Hit& hit, std::size_t rank) {
  const auto& page = site.index.page(hit.page);
  const auto* query = target.find("q");
  return {{"rank", rank},
          {"url", "http://" + host_of(site, request, page.path) + "/files/" +
                      percent_encode(page.path, "/")},
          {"title", valid_utf8(page.title)},
          {"snippet", valid_utf8(site.index.snippet(hit.page, *query))}};
}

}  // namespace

Result<std::uint64_t> number_param(const Target& target, std::string_view name,
                                   std::uint64_t otherwise, std::uint64_t most) {
  const auto* text = target.find(name);
  if (!text) return otherwise;
  const auto number = parse_whole(*text);
  if (number && *number <= most) return *number;
  return not_a(std::string(name) + " (a number up to " + std::to_string(most) + ")", *text);
}

Answer search_route(Site& site, const Request& request, const Target& target) {
  const auto* query = target.find("q");
  if (!query) return error_answer(400, "bad_parameter", "q is missing");
  const auto count = number_param(target, "count", 10, kCountMax);
  const auto offset = number_param(target, "offset", 0, UINT32_MAX);
  if (!count) return error_answer(400, "bad_parameter", count.error().message);
  if (!offset) return error_answer(400, "bad_parameter", offset.error().message);

  const auto hits = site.index.search(*query);
  const auto begin = std::min<std::size_t>(*offset, hits.size());
  const auto end = std::min<std::size_t>(begin + *count, hits.size());
  json::array results;
  for (auto i = begin; i < end; ++i) {
    results.push_back(result_of(site, request, target, hits[i], i + 1));
  }
  const bool more = end < hits.size() && end > begin;
  const auto next = more ? with_param(target, "offset", std::to_string(end)) : std::string();
  json::object found{{"query", valid_utf8(*query)},
                     {"total", hits.size()},
                     {"offset", begin},
                     {"next", more ? json::value(next) : json::value(nullptr)},
                     {"results", std::move(results)}};
  auto answer = json_answer(200, json::serialize(found) + "\n");
  if (more) add_header(answer, "Link", "<" + next + ">; rel=\"next\"");
  return answer;
}

}  // namespace penstock::lab

// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// One function a route, and the table that finds it by the beginning of the path.
#include "routes.h"

#include "json_text.h"
#include "search_route.h"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>

namespace penstock::lab {
namespace {

namespace json = boost::json;

constexpr std::uint64_t kOkBytes = 1024;
// 20 MB of brackets: more than any parser's limit of depth.
constexpr std::uint64_t kDepthMax = 10'000'000;
constexpr std::uint64_t kPerPageMax = 10'000;

Answer bad_parameter(const Error& error) {
  return error_answer(400, "bad_parameter", error.message);
}

// Shared, so that an answer copies no body: this route measures the client, not the lab.
Answer ok_route(Site&, const Request&, const Target&) {
  static const auto text = std::make_shared<const std::string>(body_text(Pattern{kOkBytes}));
  Answer answer;
  answer.body = text;
  return answer;
}

Answer file_route(Site& site, const Request&, const Target& target) {
  constexpr std::string_view kPrefix = "/files/";
  auto file = site.folder ? site.folder->find(std::string_view(target.path).substr(kPrefix.size()))
                          : Folder::File{};
  if (!file.content) return error_answer(404, "not_found", "no such file");
  Answer answer;
  answer.type = content_type(file.path);
  answer.body = std::move(file.content);
  return answer;
}

Answer robots_route(Site& site, const Request&, const Target&) {
  if (!site.robots) return error_answer(404, "not_found", "no robots.txt");
  Answer answer;
  answer.body = *site.robots;
  return answer;
}

// Of parameters or headers with one name the last wins, as in most frameworks.
Answer echo_route(Site&, const Request& request, const Target& target) {
  json::object query;
  for (const auto& param : target.params) query[valid_utf8(param.name)] = valid_utf8(param.value);
  json::object headers;
  for (const auto& header : request.headers) {
    headers[valid_utf8(header.name)] = valid_utf8(header.value);
  }
  json::object echo{{"method", valid_utf8(request.method)},
                    {"path", valid_utf8(target.path)},
                    {"query", std::move(query)},
                    {"headers", std::move(headers)},
                    {"body", valid_utf8(request.body)},
                    {"body_bytes", request.body.size()}};
  return json_answer(200, json::serialize(echo) + "\n");
}

Answer deep_route(Site&, const Request&, const Target& target) {
  const auto depth = number_param(target, "depth", 100, kDepthMax);
  if (!depth) return bad_parameter(depth.error());
  std::string text(static_cast<std::size_t>(*depth), '[');
  return json_answer(200, text.append(static_cast<std::size_t>(*depth), ']'));
}

std::string items_body(std::uint64_t page, std::uint64_t per_page, std::string_view next) {
  std::string text = "{\"page\":" + std::to_string(page) + ",\"items\":[";
  for (std::uint64_t i = 0; i < per_page; ++i) {
    const auto id = std::to_string((page - 1) * per_page + i + 1);
    text.append(i ? ",{\"id\":" : "{\"id\":").append(id).append(",\"name\":\"item ");
    text.append(id).append("\"}");
  }
  text.append("],\"next\":").append(next.empty() ? "null" : json_quoted(next));
  return text.append("}\n");
}

Answer items_route(Site&, const Request&, const Target& target) {
  const auto page = number_param(target, "page", 1, 1'000'000'000);
  const auto pages = number_param(target, "pages", 3, 1'000'000'000);
  const auto per_page = number_param(target, "per_page", 10, kPerPageMax);
  for (const auto* parameter : {&page, &pages, &per_page}) {
    if (!*parameter) return bad_parameter(parameter->error());
  }
  if (*page < 1 || *page > *pages) return error_answer(404, "not_found", "no such page");
  const auto* cycle = target.find("cycle");
  const bool more = *page < *pages;
  std::string next;
  if (more) next = with_param(target, "page", std::to_string(*page + 1));
  if (!more && cycle && *cycle != "0") next = with_param(target, "page", "1");
  auto answer = json_answer(200, items_body(*page, *per_page, next));
  if (!next.empty()) add_header(answer, "Link", "<" + next + ">; rel=\"next\"");
  return answer;
}

Answer list_route(Site&, const Request&, const Target&) {
  Answer answer;
  answer.body = route_list();
  return answer;
}

struct Route {
  std::string_view path;  // A path that ends in '/' stands for all that begins so.
  Answer (*answer)(Site&, const Request&, const Target&);
  std::string_view help;
};
constexpr std::array kRoutes{
    Route{"/ok", ok_route, "1 KiB of text, as fast as it goes"},
    Route{"/files/", file_route, "the folder of --folder; index.html for folders"},
    Route{"/search", search_route, "?q=WORDS&count=10&offset=0: pages of the folder, as JSON"},
    Route{"/items", items_route, "?page=1&pages=3&per_page=10&cycle=0: a list in pages, as JSON"},
    Route{"/echo", echo_route, "the request itself, as JSON"},
    Route{"/deep", deep_route, "?depth=100: nested arrays, as JSON"},
    Route{"/robots.txt", robots_route, "the file of --robots"},
    Route{"/", list_route, "this list"},
};

bool matches(const Route& entry, std::string_view path) noexcept {
  const bool folder = entry.path.size() > 1 && entry.path.back() == '/';
  return folder ? path.substr(0, entry.path.size()) == entry.path : path == entry.path;
}

}  // namespace

Answer route(Site& site, const Request& request, const Target& target) {
  const auto found = std::find_if(kRoutes.begin(), kRoutes.end(),
                                  [&](const Route& entry) { return matches(entry, target.path); });
  if (found == kRoutes.end()) return error_answer(404, "not_found", "no such route");
  return found->answer(site, request, target);
}

std::string route_list() {
  std::string text;
  for (const auto& entry : kRoutes) {
    text.append("  ").append(entry.path);
    text.append(entry.path.size() < 14 ? 14 - entry.path.size() : 1, ' ');
    text.append(entry.help).append("\n");
  }
  text.append(
      "  /stats        what was counted so far, as JSON\n"
      "  /stats/reset  POST: all counts to zero\n"
      "  /quota        GET or POST ?left=N: the requests that --quota still allows\n");
  return text;
}

}  // namespace penstock::lab

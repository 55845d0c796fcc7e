// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A cache by origin with one fetch at a time for each.
#include "steps/robots_gate.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "os/epoll_loop.h"

namespace penstock::steps {
namespace {

constexpr int kRedirectsMax = 5;
// What an entry takes: rules are strings of their own, so a file grows when it is read.
constexpr std::size_t kHostCostBytes = 512;
constexpr std::size_t kRulesCostFactor = 4;

std::string_view product_of(std::string_view user_agent) {
  return user_agent.substr(0, user_agent.find_first_of("/ ("));
}

std::string origin_of(const net::Url& url) { return url.scheme + "://" + url.host_key(); }

/// Whoever may not connect to an address, or comes by another way, has another answer.
std::string key_of(const RobotsQuery& query) {
  const auto number = [](const void* address) {
    return std::to_string(reinterpret_cast<std::uintptr_t>(address));
  };
  return origin_of(query.url) + " " + std::string(product_of(query.user_agent)) + " " +
         number(query.profile.get()) + " " + number(query.guard.get());
}

net::HttpRequest robots_request(const RobotsQuery& query, net::Url url) {
  net::HttpRequest request;
  request.url = std::move(url);
  request.headers = {{"User-Agent", query.user_agent}};
  request.profile = query.profile;
  request.guard = query.guard;
  request.on_head = [](const net::HttpHead&) {
    // One byte more than counts, so that the parser sees that the file was longer.
    return net::BodyPlan{.action = net::BodyPlan::Action::keep_beginning,
                         .bytes_max = net::kRobotsBytesMax + 1};
  };
  return request;
}

Result<net::Robots> rules_of(const net::HttpResponse& response, std::string_view product) {
  const int status = response.status;
  if (response.error && response.error->code == Errc::rejected) return *response.error;
  const bool is_whole = !response.error && !(response.cut && status >= 200 && status < 300);
  if (!is_whole || status == 429 || status >= 500) {
    return Error{Errc::unavailable, "robots.txt of this host cannot be had", "robots.unavailable"};
  }
  if (status >= 200 && status < 300) return net::Robots::parse(response.body, product);
  return net::Robots::allow_all();
}

}  // namespace

void RobotsGate::ask(const RobotsQuery& query, Answer answer) {
  const std::string key = key_of(query);
  const auto [found, is_new] = hosts_.try_emplace(key);
  Host& host = found->second;
  const bool is_asking = !is_new && host.until == TimePoint{};
  if (!is_new && !is_asking && loop_.round_began() < host.until) {
    return answer(verdict(host, query.url.target));
  }
  host.waiting.push_back({query.url.target, std::move(answer)});
  if (is_asking) return;
  kept_bytes_ -= std::exchange(host.bytes, 0);
  host.until = TimePoint{};
  host.profile = query.profile;
  host.guard = query.guard;
  auto robots_url = net::parse_url(origin_of(query.url) + "/robots.txt");
  if (!robots_url) return settle(key, std::move(robots_url.error()), 0);
  fetch(key, query, std::move(*robots_url), kRedirectsMax);
}

void RobotsGate::fetch(const std::string& key, const RobotsQuery& query, net::Url url,
                       int hops_left) {
  net::HttpRequest request = robots_request(query, url);
  request.on_done = [this, key, query, url = std::move(url),
                     hops_left](const net::HttpResponse& response) {
    judge(key, query, url, hops_left, response);
  };
  client_.start(std::move(request));
}

void RobotsGate::judge(const std::string& key, const RobotsQuery& query, const net::Url& url,
                       int hops_left, const net::HttpResponse& response) {
  const int status = response.status;
  const auto location = response.headers.find("location");
  if (!response.error && status >= 300 && status < 400 && location && hops_left > 0) {
    auto target = net::resolve_url(url, *location);
    if (target) return fetch(key, query, std::move(*target), hops_left - 1);
  }
  const std::size_t bytes = response.body.size();
  settle(key, rules_of(response, product_of(query.user_agent)), bytes);
}

void RobotsGate::settle(const std::string& key, Result<net::Robots> rules, std::size_t bytes) {
  Host& host = hosts_[key];
  const Duration kept = rules ? Duration(kKept) : Duration(kFailureKept);
  if (rules) {
    host.rules = std::move(*rules);
  } else {
    host.rules.reset();
    host.failure = std::move(rules.error());
  }
  host.bytes = kHostCostBytes + kRulesCostFactor * bytes;
  host.until = loop_.round_began() + kept;
  kept_bytes_ += host.bytes;
  std::vector<std::pair<Answer, Status>> answers;
  for (Question& question : std::exchange(host.waiting, {})) {
    answers.emplace_back(std::move(question.answer), verdict(host, question.target));
  }
  forget_oldest();
  // Last, and from copies: an answer may ask again and move the table.
  for (auto& [answer, status] : answers) answer(std::move(status));
}

void RobotsGate::forget_oldest() {
  while (kept_bytes_ > kKeptBytesMax) {
    auto oldest = hosts_.end();
    for (auto host = hosts_.begin(); host != hosts_.end(); ++host) {
      if (host->second.until == TimePoint{}) continue;
      if (oldest == hosts_.end() || host->second.until < oldest->second.until) oldest = host;
    }
    if (oldest == hosts_.end()) return;
    kept_bytes_ -= oldest->second.bytes;
    hosts_.erase(oldest);
  }
}

Status RobotsGate::verdict(const Host& host, const std::string& target) {
  if (!host.rules) return host.failure;
  if (host.rules->allows(target)) return ok();
  return Error{Errc::rejected, "robots.txt of this host says no", "robots.refused"};
}

}  // namespace penstock::steps

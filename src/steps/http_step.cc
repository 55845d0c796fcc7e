// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The life of a call in a worker:
//
//   start -> [wait for the grant] -> [robots.txt] -> request -> [compute: parse, sync] -> finish
//
// A call is in calls_ from start to finish; whoever comes late (a timer, an answer) looks it up by
// its id and finds nothing.
#include "steps/http_step.h"

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/assert.h"
#include "core/fingerprint.h"
#include "core/json.h"
#include "core/value.h"
#include "os/epoll_loop.h"
#include "steps/body_file.h"
#include "steps/http_answer.h"
#include "steps/http_request.h"
#include "steps/worker_http.h"

namespace penstock::steps {
namespace {

// Below, parsing costs less than handing it to another thread.
constexpr std::size_t kComputeBytesMin = 8 << 10;

class HttpRunner final : public StepRunner {
 public:
  HttpRunner(const HttpOptions& options, StepContext& context)
      : options_(options),
        context_(context),
        http_(worker_http(context)),
        mask_(reserved_names_of(options.ask), options.ask.resolve) {}
  ~HttpRunner() override;

  void start(Call call) override;
  void cancel(CallId call) override;

 private:
  struct Running {
    Call call;
    net::HttpRequest request;
    Exchange exchange;
    std::unique_ptr<BodyFile> file;
    std::optional<Error> file_error;
    std::optional<net::RequestId> request_id;
    os::TimerId timer{};
    bool is_computing = false;
  };
  using Shared = std::shared_ptr<Running>;

  Result<net::HttpRequest> render(const CallItem& item, Exchange& exchange) const;
  void ask_robots(const Shared& running);
  void send(const Shared& running);
  net::BodyPlan plan(Running& running, const net::HttpHead& head);
  void judge(const Shared& running);
  static ItemVerdict verdict_in_compute(const HttpTake& take, Running& running);
  void finish(Running& running, ItemVerdict verdict);
  void fail(Running& running, Error error);

  const HttpOptions& options_;
  StepContext& context_;
  Result<std::shared_ptr<WorkerHttp>> http_;
  const SecretMask mask_;
  std::unordered_map<CallId, Shared> calls_;
  std::shared_ptr<HttpRunner*> self_ = std::make_shared<HttpRunner*>(this);  // Null when gone.
};

HttpRunner::~HttpRunner() {
  *self_ = nullptr;
  for (auto& [id, running] : calls_) {
    context_.loop().cancel(running->timer);
    if (http_ && running->request_id) (*http_)->client->cancel(*running->request_id);
  }
}

Result<net::HttpRequest> HttpRunner::render(const CallItem& item, Exchange& exchange) const {
  PENSTOCK_TRY(document, json::Document::parse(item.value));
  const Hop hop{item.hop, item.hop_status};
  const auto resolve = [&](std::string_view name) -> std::optional<std::string> {
    if (name == "worker") return std::to_string(context_.worker());
    if (name == "attempt") return std::to_string(item.attempt);
    return options_.ask.resolve ? options_.ask.resolve(name) : std::nullopt;
  };
  exchange.from_response = is_from_response(options_.manners, hop);
  PENSTOCK_TRY(request, request_for(options_, document.root(), hop, resolve, mask_));
  exchange.shown_url =
      mask_.hide(shown_url_for(options_.ask, document.root(), hop.link, request.url));
  PENSTOCK_TRY(trusted, is_trusted(options_, document.root(), hop, request.url, resolve));
  exchange.trusted = trusted || !has_credentials(options_.ask);
  exchange.became_get = request.method != options_.ask.method;
  return std::move(request);
}

void HttpRunner::start(Call call) {
  PENSTOCK_ASSERT(call.items.size() == 1);
  auto running = std::make_shared<Running>();
  running->call = std::move(call);
  calls_.emplace(running->call.id, running);
  if (!http_) return fail(*running, http_.error());
  auto request = render(running->call.items.front(), running->exchange);
  if (!request) return fail(*running, std::move(request.error()));
  running->exchange.url = request->url;
  running->request = std::move(*request);
  if (running->call.not_before <= TimePoint::clock::now()) return ask_robots(running);
  running->timer =
      context_.loop().at(running->call.not_before, [this, running] { ask_robots(running); });
}

void HttpRunner::ask_robots(const Shared& running) {
  running->timer = os::TimerId{};
  const bool obeys = options_.manners.robots == RobotsRules::obey;
  if (!obeys || !running->exchange.from_response) return send(running);
  const net::HttpRequest& request = running->request;
  (*http_)->robots->ask({request.url, options_.manners.user_agent, request.profile, request.guard},
                        [self = self_, running](const Status& allowed) {
                          HttpRunner* runner = *self;
                          if (runner == nullptr || !runner->calls_.contains(running->call.id))
                            return;
                          if (allowed) return runner->send(running);
                          runner->fail(*running, allowed.error());
                        });
}

void HttpRunner::send(const Shared& running) {
  net::HttpRequest& request = running->request;
  if (running->call.tells_start) {
    request.on_sent = [self = self_, id = running->call.id](TimePoint sent_at) {
      if (*self != nullptr) (*self)->context_.started(id, sent_at);
    };
  }
  request.on_head = [self = self_, running](const net::HttpHead& head) {
    const net::BodyPlan stop{.action = net::BodyPlan::Action::stop};
    return *self != nullptr ? (*self)->plan(*running, head) : stop;
  };
  request.on_done = [self = self_, running](net::HttpResponse response) {
    if (*self == nullptr) return;
    running->request_id.reset();
    running->exchange.response = std::move(response);
    (*self)->context_.run(running->call.id,
                          [&running, &runner = **self] { runner.judge(running); });
  };
  running->request_id = (*http_)->client->start(std::move(request));
}

net::BodyPlan HttpRunner::plan(Running& running, const net::HttpHead& head) {
  using Action = net::BodyPlan::Action;
  if (head.status < 200 || head.status >= 300) {
    return {.action = Action::keep_beginning, .bytes_max = kErrorBodyBytesMax};
  }
  if (!is_wanted(options_.take, head.status, head.headers)) return {.action = Action::stop};
  if (options_.take.as != HttpAs::file) return {.action = Action::keep};
  auto file = BodyFile::open(context_.files_folder(), running.call.items.front().item);
  if (!file) {
    running.file_error = std::move(file.error());
    return {.action = Action::stop};
  }
  running.file = std::move(*file);
  running.exchange.file = running.file->path();
  return {.action = Action::write, .fd = running.file->fd()};
}

void HttpRunner::judge(const Shared& running) {
  const net::HttpResponse& answer = running->exchange.response;
  if (running->file_error) return fail(*running, std::move(*running->file_error));
  const bool parses = options_.take.as == HttpAs::json || options_.take.as == HttpAs::text;
  const bool is_heavy = parses && answer.body.size() >= kComputeBytesMin;
  if (answer.error || (!is_heavy && running->file == nullptr)) {
    return finish(*running, verdict_of(options_.take, running->exchange));
  }
  running->is_computing = true;
  const auto verdict = std::make_shared<ItemVerdict>();
  context_.compute(
      running->call.id,
      [&take = options_.take, running, verdict] { *verdict = verdict_in_compute(take, *running); },
      [self = self_, running, verdict] {
        if (*self != nullptr) (*self)->finish(*running, std::move(*verdict));
      });
}

// Static: the compute thread may outlive this runner by a moment, but never the step.
ItemVerdict HttpRunner::verdict_in_compute(const HttpTake& take, Running& running) {
  ItemVerdict verdict = verdict_of(take, running.exchange);
  if (running.file == nullptr || verdict.outcome != Outcome::done) return verdict;
  if (auto kept = running.file->keep(); !kept) {
    verdict = ItemVerdict{};
    verdict.outcome = Outcome::failed;
    verdict.error = std::move(kept.error());
  }
  return verdict;
}

void HttpRunner::finish(Running& running, ItemVerdict verdict) {
  net::HttpResponse& response = running.exchange.response;
  FinishedCall finished;
  finished.id = running.call.id;
  finished.sent_at = response.sent_at;
  if (response.sent_at != TimePoint{}) finished.elapsed = response.ended_at - response.sent_at;
  finished.bytes = response.received_bytes;
  finished.rate_headers = rate_headers_of(response.status, response.headers);
  // Links come back to this step, which fills them in again; messages go into the ledger.
  verdict.link = mask_.mark(std::move(verdict.link));
  verdict.error.message = mask_.hide(std::move(verdict.error.message));
  finished.verdicts.push_back(std::move(verdict));
  if (http_) (*http_)->client->recycle(std::move(response.body));
  calls_.erase(running.call.id);  // Its closures still hold `running`.
  context_.finish(std::move(finished));
}

void HttpRunner::fail(Running& running, Error error) {
  ItemVerdict verdict;
  verdict.outcome = error.kind == "robots.refused" ? Outcome::skipped : Outcome::failed;
  verdict.error = std::move(error);
  finish(running, std::move(verdict));
}

void HttpRunner::cancel(CallId call) {
  const auto found = calls_.find(call);
  if (found == calls_.end()) return;
  const Shared running = found->second;
  if (running->is_computing) return;  // Done in a moment, and its answer is paid for.
  if (running->request_id) return (*http_)->client->cancel(*running->request_id);
  context_.loop().cancel(running->timer);
  fail(*running, {Errc::cancelled, "cancelled", "cancelled"});
}

/// The host of a URL that has it in writing, before the first placeholder; else nothing.
std::optional<std::string> written_host(const placeholders::Template& url) {
  const std::string_view text = url.text();
  const std::string_view before = text.substr(0, text.find('{'));
  const std::size_t host = before.find("://");
  if (host == std::string_view::npos) return std::nullopt;
  const std::size_t end = before.find_first_of("/?#", host + 3);
  if (end == std::string_view::npos) return std::nullopt;
  const auto parsed = net::parse_url(before.substr(0, end));
  if (!parsed) return std::nullopt;
  return parsed->host_key();
}

class HttpStep final : public Step {
 public:
  explicit HttpStep(HttpOptions options)
      : options_(std::move(options)),
        written_host_(written_host(options_.ask.url)),
        url_fields_(options_.ask.url.names()) {}

  std::string_view kind() const override { return "http"; }

  Repeatable repeatable() const override {
    const std::string& method = options_.ask.method;
    const bool is_safe = method == "GET" || method == "HEAD";
    return options_.repeatable.value_or(is_safe ? Repeatable::yes : Repeatable::no);
  }

  Result<std::string> limit_key(std::string_view value, std::string_view hop) const override {
    if (!hop.empty()) {
      PENSTOCK_TRY(target, net::parse_url(hop));
      return target.host_key();
    }
    PENSTOCK_TRY(document, json::Document::parse(value));
    if (written_host_ && has_url_fields(document.root())) return *written_host_;
    PENSTOCK_TRY(url, url_for(options_.ask, document.root(), "", placeholders::preview_resolver));
    return url.host_key();
  }

  Result<std::string> preview(std::string_view value) const override {
    PENSTOCK_TRY(document, json::Document::parse(value));
    return preview_of(options_, document.root());
  }

  std::string outline() const override {
    return options_.ask.method + " " + options_.ask.url.text();
  }

  Fingerprint fingerprint() const override;

  std::unique_ptr<StepRunner> make_runner(StepContext& context) const override {
    return std::make_unique<HttpRunner>(options_, context);
  }

 private:
  bool has_url_fields(json::Node value) const {
    return std::all_of(url_fields_.begin(), url_fields_.end(), [&](const std::string& name) {
      const auto field = lookup(value, name);
      return field && !field->is(json::Kind::null);
    });
  }

  HttpOptions options_;
  std::optional<std::string> written_host_;  // Spares the engine the rendering of each URL.
  std::vector<std::string> url_fields_;
};

std::string canonical_text(const HttpBody& body) {
  if (const auto* json = std::get_if<placeholders::JsonTemplate>(&body))
    return "json " + json->text();
  if (const auto* raw = std::get_if<RawBody>(&body)) return "raw " + raw->type + raw->text.text();
  std::string text;
  if (const auto* form = std::get_if<FormBody>(&body)) {
    for (const auto& [name, field] : form->fields)
      text += "form " + name + "=" + field.text() + "\n";
  }
  return text;
}

Fingerprint HttpStep::fingerprint() const {
  const HttpAsk& ask = options_.ask;
  const HttpTake& take = options_.take;
  std::string headers;
  for (const auto& [name, text] : ask.headers) headers += name + ": " + text.text() + "\n";
  std::string query;
  for (const auto& [name, text] : ask.query) query += name + "=" + text.text() + "\n";
  std::string accept;
  for (const std::string& type : take.accept) accept += type + "\n";
  const std::string as = std::to_string(static_cast<int>(take.as)) +
                         (take.furniture == Furniture::drop ? " drop" : "");
  // Templates, never values: a new key gives the same answers.
  return penstock::fingerprint({"http", ask.method, ask.url.text(), query, headers,
                                canonical_text(ask.body), as, take.each ? "each" : "",
                                take.each.value_or(""), take.next, accept});
}

}  // namespace

std::shared_ptr<const Step> make_http_step(HttpOptions options) {
  return std::make_shared<HttpStep>(std::move(options));
}

}  // namespace penstock::steps

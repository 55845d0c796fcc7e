// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Which request goes which way, and when. The life of a request here:
//
//   start -> arrivals_ -> (host open?) -> lane, or plain connection -> ended -> on_done
//                              |            ^
//                              +-> probe, or host.waiting until the probe knows more
//
// Everything happens in batches: kick() for what the owner asked, on_ready() for sockets,
// on_timer() for libcurl's timers and ours. Each batch ends in settle(), which alone calls back, so
// that no callback runs inside of libcurl.
#include "net/http_client.h"

#include <curl/curl.h>

#include <algorithm>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

#include "net/body_buffers.h"
#include "net/exchange.h"
#include "net/host_table.h"
#include "net/lane_set.h"
#include "net/plain_pool.h"
#include "net/socket_set.h"
#include "net/transfer.h"
#include "os/epoll_loop.h"
#include "os/proc_stat.h"

namespace penstock::net {
namespace {

// Each resolution is a thread of libcurl's until the answer comes, and up to four descriptors.
constexpr std::size_t kResolvingMax = 64;
constexpr std::size_t kDescriptorsPerResolving = 16;  // One in so many may be resolved with.

// Plain connections leave half of the descriptors to everything else.
constexpr std::size_t kPlainShare = 2;

constexpr std::chrono::seconds kDistrust{60};
constexpr std::chrono::seconds kNameKept{55};  // A little less than libcurl keeps it.

// A slow first answer must not hold up the others for longer; they then use HTTP/1.1.
constexpr std::chrono::seconds kProbeWaitMax{1};

constexpr std::chrono::milliseconds kSweepInterval{100};
constexpr std::size_t kIdleLanesKnownMax = 1024;
constexpr int kTimerRoundsMax = 4;
constexpr unsigned kGenerationShift = 32;

struct FreeShare {
  void operator()(CURLSH* share) const noexcept { (void)::curl_share_cleanup(share); }
};

std::string_view origin_of(const Url& url) {
  const std::string_view text = url.text;
  return text.substr(0, text.find('/', url.scheme.size() + 3));
}

bool can_be_plain(const Exchange& exchange) {
  const HttpRequest& request = exchange.request();
  return request.url.scheme == "http" && request.profile->cleartext == Cleartext::own &&
         exchange.is_direct() && PlainConnection::can_carry(request);
}

/// Sent once more, it does no more than once: what fails for our strictness is tried again.
bool is_repeatable(const HttpRequest& request) {
  return request.method != "POST" && request.method != "PATCH";
}

/// It means nothing without the network card that it is on.
bool is_link_local(const IpAddress& address) {
  return address[0] == 0xfe && (address[1] & 0xc0) == 0x80;
}

class Client final : public HttpClient {
 public:
  Client(os::EpollLoop& loop, SocketSet sockets, CURLSH* share);
  ~Client() override;

  Status open();
  RequestId start(HttpRequest request) override;
  void cancel(RequestId request) override;
  void recycle(std::string body) override { buffers_.give(std::move(body)); }
  HttpCounts counts() const noexcept override;

 private:
  struct Slot {
    std::unique_ptr<Exchange> exchange;
    std::unique_ptr<Transfer> transfer;  // Made when libcurl is first needed here.
    std::uint32_t generation = 0;
    Host* host = nullptr;  // Null: the slot is free.
    Lane* lane = nullptr;  // Null: not given to libcurl.
    bool may_be_plain = false;
    int plain = -1;  // Its plain connection; -1: none.

    /// A connection of our own carries it, once its host has an address.
    bool is_plain() const noexcept { return may_be_plain && !host->is_malformed; }
  };

  Slot& slot_of(const Exchange& exchange) { return slots_[exchange.index()]; }
  static RequestId id_of(const Slot& slot) {
    return RequestId{(std::uint64_t{slot.generation} << kGenerationShift) | slot.exchange->index()};
  }
  std::uint32_t free_slot();

  // Batches.
  void schedule();
  void kick();
  void on_ready();
  void on_timer();
  void settle();
  void arm();

  // From arrival to carrier.
  void admit(Slot& slot);
  void start_or_wait(Slot& slot);
  void start_anew(Slot& slot);
  bool may_start(const Slot& slot) const;
  void probe(Slot& slot);
  void dispatch(Slot& slot);
  void give_to_libcurl(Slot& slot);
  void give_to_plain(Slot& slot);
  void watch_probes();
  bool probe_is_over(Host& host);
  void release(Host& host);
  void resolving_ended(Host& host);

  // From carrier to callback.
  void take_ended();
  void take_ended(PlainEnd end);
  void relieve();
  void sweep();
  void withdraw(Slot& slot, Error error);
  void retire(Slot& slot, Exchange::Ended ended);
  void end_probe(Host& host, const std::optional<Error>& failure);
  void learn(Slot& slot);

  os::EpollLoop& loop_;
  SocketSet sockets_;
  std::unique_ptr<CURLSH, FreeShare> share_;  // Outlives the handles below.
  BodyBuffers buffers_;
  ClientShared shared_;
  HostTable hosts_;
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_;
  LaneSet lanes_;
  PlainPool plain_;
  std::size_t plain_max_;  // Connections; less after descriptors ran out.

  std::vector<RequestId> arrivals_;
  std::vector<std::pair<RequestId, Error>> withdrawals_;
  std::vector<Host*> probing_;
  std::deque<Exchange*> parked_;  // Probes that may not resolve yet.
  std::size_t resolving_ = 0;
  std::size_t resolving_max_;
  std::vector<Lane::Ended> ended_;
  std::vector<Exchange::Ended> calls_;

  os::WatchId watch_{};
  os::TimerId timer_{};
  TimePoint timer_at_ = TimePoint::max();
  TimePoint sweep_at_ = TimePoint::max();
  bool scheduled_ = false;
  std::shared_ptr<Client*> self_ = std::make_shared<Client*>(this);  // Null after destruction.
};

Client::Client(os::EpollLoop& loop, SocketSet sockets, CURLSH* share)
    : loop_(loop),
      sockets_(std::move(sockets)),
      share_(share),
      shared_{.sockets = sockets_, .buffers = buffers_},
      lanes_(sockets_),
      plain_(shared_),
      plain_max_(os::descriptor_limit() / kPlainShare),
      resolving_max_(std::clamp<std::size_t>(os::descriptor_limit() / kDescriptorsPerResolving, 1,
                                             kResolvingMax)) {
  (void)::curl_share_setopt(share, CURLSHOPT_SHARE, CURL_LOCK_DATA_DNS);
  (void)::curl_share_setopt(share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
  plain_.keep(plain_max_);
}

Status Client::open() {
  PENSTOCK_TRY(watch, loop_.watch(sockets_.fd(), EPOLLIN, [this](std::uint32_t) { on_ready(); }));
  watch_ = watch;
  return ok();
}

Client::~Client() {
  *self_ = nullptr;
  loop_.cancel(timer_);
  loop_.unwatch(watch_);
  for (Slot& slot : slots_) {
    if (slot.lane != nullptr) slot.lane->remove(*slot.transfer);
  }
}

HttpCounts Client::counts() const noexcept {
  return {shared_.requests, shared_.connections, slots_.size() - free_.size(), lanes_.size(),
          sockets_.open()};
}

std::uint32_t Client::free_slot() {
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(slots_.size()));
    slots_.emplace_back().exchange = std::make_unique<Exchange>(shared_, free_.back());
  }
  const std::uint32_t index = free_.back();
  free_.pop_back();
  return index;
}

RequestId Client::start(HttpRequest request) {
  const std::uint32_t index = free_slot();
  Slot& slot = slots_[index];
  slot.host = &hosts_.enter(origin_of(request.url));
  slot.exchange->accept(std::move(request));
  slot.may_be_plain = can_be_plain(*slot.exchange);
  arrivals_.push_back(id_of(slot));
  schedule();
  return id_of(slot);
}

void Client::cancel(RequestId request) {
  withdrawals_.emplace_back(request, Error{Errc::cancelled, "cancelled", "cancelled"});
  schedule();
}

void Client::schedule() {
  if (std::exchange(scheduled_, true)) return;
  loop_.post([self = self_] {
    if (*self != nullptr) (*self)->kick();
  });
}

void Client::kick() {
  scheduled_ = false;
  shared_.now = TimePoint::clock::now();
  for (const RequestId id : std::exchange(arrivals_, {})) {
    // Nothing can have ended it before its first batch.
    admit(slots_[static_cast<std::uint32_t>(id)]);
  }
  for (auto& [id, error] : std::exchange(withdrawals_, {})) {
    const auto number = static_cast<std::uint64_t>(id);
    Slot& slot = slots_[static_cast<std::uint32_t>(number)];
    const bool current = slot.generation == number >> kGenerationShift;
    if (current && slot.host != nullptr) withdraw(slot, std::move(error));
  }
  settle();
}

void Client::on_ready() {
  shared_.now = loop_.round_began();
  for (const SocketSet::Ready& ready : sockets_.ready()) {
    if (ready.lane == PlainPool::kLane) {
      plain_.run_socket(ready.fd, ready.events);
    } else {
      lanes_.run_socket(ready);
    }
  }
  settle();
}

void Client::on_timer() {
  timer_at_ = TimePoint::max();
  shared_.now = TimePoint::clock::now();
  if (shared_.now >= sweep_at_) sweep();
  settle();
}

void Client::settle() {
  take_ended();
  relieve();
  watch_probes();
  arm();
  // Callbacks come last: they may start and cancel, which only fills arrivals_ and withdrawals_.
  for (Exchange::Ended& call : std::exchange(calls_, {})) call.on_done(std::move(call.response));
}

void Client::take_ended() {
  for (int round = 0; round < kTimerRoundsMax; ++round) {
    lanes_.run_due(shared_.now, ended_);
    // By themselves: an end may release requests, and those may need a new lane.
    for (const auto& [transfer, code] : std::exchange(ended_, {})) {
      Slot& slot = slot_of(transfer->exchange());
      slot.lane->remove(*transfer);
      learn(slot);
      retire(slot, transfer->end(code, shared_.now));
    }
    for (PlainEnd& end : plain_.take_ended()) take_ended(std::move(end));
    // A zero wait is a request to be called at once.
    if (lanes_.due() > shared_.now && !plain_.has_ended()) return;
  }
}

void Client::take_ended(PlainEnd end) {
  Slot& slot = slot_of(*end.exchange);
  Host& host = *slot.host;
  host.is_malformed = host.is_malformed || end.is_malformed;
  if (end.no_connection && host.has_name && !end.exchange->is_refused()) {
    return start_anew(slot);
  }
  host.is_proven = host.is_proven || !end.error;
  if (end.was_closed) host.distrusted_until = shared_.now + kDistrust;
  retire(slot, end.error ? end.exchange->break_off(std::move(*end.error), shared_.now)
                         : end.exchange->complete(shared_.now));
}

/// Somebody found no descriptor. What is idle goes, and less is kept from here on.
void Client::relieve() {
  if (!std::exchange(shared_.starved, false)) return;
  lanes_.relieve();
  plain_max_ /= 2;
  plain_.keep(plain_max_);
  plain_.drop_idle();
}

void Client::arm() {
  const bool active = free_.size() < slots_.size();
  if (!active) sweep_at_ = TimePoint::max();
  if (active && sweep_at_ == TimePoint::max()) sweep_at_ = shared_.now + kSweepInterval;
  if (plain_.has_ended()) schedule();
  const TimePoint next = std::min(sweep_at_, lanes_.due());
  // A timer that comes too early only looks and sets the next one.
  if (next >= timer_at_) return;
  loop_.cancel(timer_);
  timer_at_ = next;
  timer_ = loop_.at(next, [this] { on_timer(); });
}

void Client::admit(Slot& slot) {
  slot.exchange->begin(shared_.now);
  start_or_wait(slot);
}

/// The address that is known took no connection: it may have moved, or have others. libcurl finds
/// out, and nothing was sent yet.
void Client::start_anew(Slot& slot) {
  Host& host = *slot.host;
  host.address.reset();
  slot.plain = -1;
  slot.exchange->wait_again();
  if (host.probe == slot.exchange.get()) {
    host.probe = nullptr;
    std::erase(probing_, &host);
    resolving_ended(host);
  }
  start_or_wait(slot);
}

void Client::start_or_wait(Slot& slot) {
  Host& host = *slot.host;
  if (may_start(slot)) {
    dispatch(slot);
  } else if (host.probe == nullptr) {
    probe(slot);
  } else {
    host.waiting.push_back(slot.exchange.get());
  }
}

bool Client::may_start(const Slot& slot) const {
  const Host& host = *slot.host;
  if (slot.is_plain()) return host.has_address(shared_.now);
  const bool only_http1 = slot.exchange->request().profile->version == HttpVersion::http1;
  return host.is_open(shared_.now) || (only_http1 && host.is_resolved(shared_.now));
}

void Client::probe(Slot& slot) {
  Host& host = *slot.host;
  host.probe = slot.exchange.get();
  if (!host.is_resolved(shared_.now)) {
    if (resolving_ >= resolving_max_) {
      parked_.push_back(slot.exchange.get());
      return;
    }
    ++resolving_;
    host.is_resolving = true;
  }
  probing_.push_back(&host);
  dispatch(slot);
}

void Client::dispatch(Slot& slot) {
  const Host& host = *slot.host;
  const bool is_understood = host.is_proven || is_repeatable(slot.exchange->request());
  if (slot.is_plain() && host.has_address(shared_.now) && is_understood) {
    give_to_plain(slot);
  } else {
    give_to_libcurl(slot);
  }
}

void Client::give_to_plain(Slot& slot) {
  Exchange& exchange = *slot.exchange;
  if (auto carried = exchange.carry(ConnectTimer::exchange); !carried) {
    withdrawals_.emplace_back(id_of(slot), std::move(carried.error()));
    return schedule();
  }
  const Host& host = *slot.host;
  const Reuse reuse = shared_.now < host.distrusted_until ? Reuse::only_new : Reuse::kept_or_new;
  slot.plain =
      plain_.start(exchange, host.origin, *host.address, exchange.request().url.port, reuse);
}

void Client::give_to_libcurl(Slot& slot) {
  const Host& host = *slot.host;
  const HttpRequest& request = slot.exchange->request();
  Lane* lane = nullptr;
  TransferWish wish{.keeps_head = slot.is_plain() && !host.is_proven};
  // Of a name whose address has grown old, a kept connection would say nothing new.
  wish.new_connection = slot.is_plain() && host.has_name && !host.has_address(shared_.now) &&
                        host.probe == slot.exchange.get();
  const bool is_http1 =
      request.url.scheme == "http" || request.profile->version == HttpVersion::http1;
  if (!is_http1 && host.protocol == Host::Protocol::http2) {
    lane = &lanes_.http2();
    wish.multiplex = Multiplex::wait;
  } else if (!is_http1 && host.probe == slot.exchange.get() &&
             host.protocol == Host::Protocol::unknown) {
    lane = &lanes_.http2();
    wish.multiplex = Multiplex::offer;
  } else {
    lane = &lanes_.http1(*slot.host);
  }
  if (!slot.transfer) {
    slot.transfer = std::make_unique<Transfer>(shared_, share_.get(), *slot.exchange);
  }
  if (auto prepared = slot.transfer->prepare(wish); !prepared) {
    // Ends in the next batch: nothing may end while this one walks its lists.
    withdrawals_.emplace_back(id_of(slot), std::move(prepared.error()));
    return schedule();
  }
  slot.lane = lane;
  lane->add(*slot.transfer);
}

void Client::watch_probes() {
  for (std::size_t i = 0; i < probing_.size();) {
    Host& host = *probing_[i];
    if (!probe_is_over(host)) {
      ++i;
      continue;
    }
    probing_[i] = probing_.back();
    probing_.pop_back();
    host.probe = nullptr;
    release(host);
  }
}

bool Client::probe_is_over(Host& host) {
  const Exchange& probe = *host.probe;
  if (host.is_resolving && probe.is_resolved()) {
    host.resolved_until = shared_.now + kNameKept;
    resolving_ended(host);
  }
  if (probe.phase() >= Phase::head) {
    host.protocol = probe.is_http2() ? Host::Protocol::http2 : Host::Protocol::http1;
  }
  if (slot_of(probe).is_plain()) {
    learn(slot_of(probe));
    return probe.is_connected();
  }
  if (host.is_open(shared_.now)) return true;
  return probe.is_connected() && shared_.now - probe.sent_at() > kProbeWaitMax;
}

void Client::release(Host& host) {
  for (const Exchange* waiting : std::exchange(host.waiting, {})) dispatch(slot_of(*waiting));
}

void Client::resolving_ended(Host& host) {
  if (!std::exchange(host.is_resolving, false)) return;
  --resolving_;
  if (parked_.empty()) return;
  Slot& next = slot_of(*parked_.front());
  parked_.pop_front();
  probe(next);
}

void Client::sweep() {
  sweep_at_ = shared_.now + kSweepInterval;
  plain_.drop_old();
  for (Slot& slot : slots_) {
    if (slot.host == nullptr) continue;
    auto error = slot.exchange->overdue(shared_.now);
    if (!error) continue;
    if (slot.plain >= 0 && slot.host->has_name && error->kind == "connect.timeout") {
      plain_.remove(*slot.exchange, slot.plain);
      start_anew(slot);
    } else {
      withdraw(slot, std::move(*error));
    }
  }
}

void Client::withdraw(Slot& slot, Error error) {
  Exchange& exchange = *slot.exchange;
  std::erase(slot.host->waiting, &exchange);
  std::erase(parked_, &exchange);
  if (slot.lane != nullptr) {
    slot.lane->remove(*slot.transfer);
    learn(slot);
  }
  plain_.remove(exchange, slot.plain);
  retire(slot, exchange.fail(std::move(error), shared_.now));
}

/// What a request that libcurl carries tells about its host.
void Client::learn(Slot& slot) {
  Host& host = *slot.host;
  const Exchange& exchange = *slot.exchange;
  if (exchange.is_connected()) host.resolved_until = shared_.now + kNameKept;
  if (exchange.address() && host.has_name && !is_link_local(*exchange.address())) {
    host.address = exchange.address();
    host.address_until = host.resolved_until;
  }
  if (slot.is_plain() && !host.is_proven && exchange.phase() == Phase::body) {
    host.is_proven = AnswerParser::can_read(slot.transfer->head());
    host.is_malformed = !host.is_proven;
  }
  if (host.protocol == Host::Protocol::unknown && exchange.phase() >= Phase::head) {
    host.protocol = exchange.is_http2() ? Host::Protocol::http2 : Host::Protocol::http1;
  }
}

void Client::retire(Slot& slot, Exchange::Ended ended) {
  Host& host = *slot.host;
  Exchange* exchange = slot.exchange.get();
  const bool is_idle_lane = ended.connection_kept && host.protocol != Host::Protocol::http2;
  if (is_idle_lane && slot.lane != nullptr && host.lanes.size() < kIdleLanesKnownMax) {
    host.lanes.push_back(slot.lane->index());
  }
  const bool was_probe = host.probe == exchange;
  const std::optional<Error> failure = ended.response.error;
  calls_.push_back(std::move(ended));
  if (was_probe) end_probe(host, failure);
  hosts_.leave(host);
  slot.host = nullptr;
  slot.lane = nullptr;
  slot.plain = -1;
  ++slot.generation;
  free_.push_back(exchange->index());
}

/// The probe ended before it told enough. What it could not resolve, or reach in time, nobody can
/// now. Anything else is its own affair, and the next in line goes ahead: all at once would be what
/// probes are there to prevent.
void Client::end_probe(Host& host, const std::optional<Error>& failure) {
  host.probe = nullptr;
  std::erase(probing_, &host);
  resolving_ended(host);
  if (host.is_open(shared_.now)) return release(host);
  const bool nobody_can =
      failure && (failure->kind.starts_with("dns.") || failure->kind == "connect.timeout");
  if (nobody_can) {
    for (const Exchange* waiting : std::exchange(host.waiting, {})) {
      withdraw(slot_of(*waiting), *failure);
    }
  } else if (!host.waiting.empty()) {
    Slot& next = slot_of(*host.waiting.front());
    host.waiting.pop_front();
    probe(next);
  }
}

}  // namespace

Result<std::unique_ptr<HttpClient>> make_http_client(os::EpollLoop& loop) {
  static const CURLcode started = ::curl_global_init(CURL_GLOBAL_DEFAULT);
  CURLSH* share = started == CURLE_OK ? ::curl_share_init() : nullptr;
  if (share == nullptr) return Error{Errc::internal, "libcurl does not start", "http.client"};
  PENSTOCK_TRY(sockets, SocketSet::create());
  auto client = std::make_unique<Client>(loop, std::move(sockets), share);
  PENSTOCK_CHECK(client->open());
  return std::unique_ptr<HttpClient>(std::move(client));
}

}  // namespace penstock::net

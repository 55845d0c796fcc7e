// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Which request goes to which lane, and when. The life of a request here:
//
//   start -> arrivals_ -> (host open?) -> lane -> ended -> on_done
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
#include "net/host_table.h"
#include "net/lane.h"
#include "net/socket_set.h"
#include "net/transfer.h"
#include "os/epoll_loop.h"
#include "os/proc_stat.h"

namespace penstock::net {
namespace {

// libcurl 7.88 costs 16 us a request with 50 connections in a multi handle, 27 us with 500.
// Source: bench/http.
constexpr std::size_t kLaneRequestsMax = 80;

// Each resolution is a thread of libcurl's until the answer comes, and up to four descriptors.
constexpr std::size_t kResolvingMax = 64;
constexpr std::size_t kDescriptorsPerResolving = 16;  // One in so many may be resolved with.

// Idle connections take at most a quarter of the descriptors, as measured by their limit: half of
// these for HTTP/2, half for the other lanes. Of those, 16 keep as many as they have in flight.
constexpr std::size_t kIdleShare = 4;
constexpr std::size_t kHttp1LanesExpected = 16;
constexpr std::size_t kHttp1IdleMax = 160;
constexpr std::size_t kHttp2IdleMax = 1000;

constexpr std::chrono::seconds kNameKept{55};  // A little less than libcurl keeps it.

// A slow first answer must not hold up the others for longer; they then use HTTP/1.1.
constexpr std::chrono::seconds kProbeWaitMax{1};

constexpr std::chrono::milliseconds kSweepInterval{100};
constexpr std::size_t kIdleLanesKnownMax = 1024;
constexpr int kTimerRoundsMax = 4;
constexpr unsigned kGenerationShift = 32;
constexpr std::size_t kHttp2Lane = 0;

struct FreeShare {
  void operator()(CURLSH* share) const noexcept { (void)::curl_share_cleanup(share); }
};

std::string_view origin_of(const Url& url) {
  const std::string_view text = url.text;
  return text.substr(0, text.find('/', url.scheme.size() + 3));
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
    std::unique_ptr<Transfer> transfer;
    std::uint32_t generation = 0;
    Host* host = nullptr;  // Null: the slot is free.
    Lane* lane = nullptr;  // Null: not given to libcurl.
  };

  Slot& slot_of(const Transfer& transfer) { return slots_[transfer.index()]; }
  static RequestId id_of(const Slot& slot) {
    return RequestId{(std::uint64_t{slot.generation} << kGenerationShift) | slot.transfer->index()};
  }
  std::uint32_t free_slot();

  // Batches.
  void schedule();
  void kick();
  void on_ready();
  void on_timer();
  void settle();
  void arm();

  // From arrival to lane.
  void admit(Slot& slot);
  void probe(Slot& slot);
  void dispatch(Slot& slot);
  Lane& http1_lane(Host& host);
  void watch_probes();
  bool probe_is_over(Host& host);
  void release(Host& host);
  void resolving_ended(Host& host);

  // Descriptors.
  Lane& add_lane(LaneKind kind);
  std::size_t idle_max_of(std::size_t lane) const noexcept;
  void relieve();

  // From lane to callback.
  void run_due_lanes();
  void sweep();
  void withdraw(Slot& slot, Error error);
  void retire(Slot& slot, Transfer::Ended ended);
  void end_probe(Host& host, const std::optional<Error>& failure);
  void learn(Slot& slot, const Transfer& transfer);

  os::EpollLoop& loop_;
  SocketSet sockets_;
  std::unique_ptr<CURLSH, FreeShare> share_;  // Outlives the handles below.
  BodyBuffers buffers_;
  TransferShared shared_;
  HostTable hosts_;
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_;
  std::vector<std::unique_ptr<Lane>> lanes_;  // The first is for HTTP/2.

  std::vector<RequestId> arrivals_;
  std::vector<std::pair<RequestId, Error>> withdrawals_;
  std::vector<Host*> probing_;
  std::deque<Transfer*> parked_;  // Probes that may not resolve yet.
  std::size_t resolving_ = 0;
  std::size_t resolving_max_;
  std::size_t idle_max_;  // Over all lanes; less after descriptors ran out.
  std::vector<Lane::Ended> ended_;
  std::vector<Transfer::Ended> calls_;

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
      shared_{.sockets = sockets_, .buffers = buffers_, .share = share},
      resolving_max_(std::clamp<std::size_t>(os::descriptor_limit() / kDescriptorsPerResolving, 1,
                                             kResolvingMax)),
      idle_max_(os::descriptor_limit() / kIdleShare) {
  (void)::curl_share_setopt(share, CURLSHOPT_SHARE, CURL_LOCK_DATA_DNS);
  (void)::curl_share_setopt(share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
  add_lane(LaneKind::http2);
}

Lane& Client::add_lane(LaneKind kind) {
  const auto index = static_cast<std::uint32_t>(lanes_.size());
  lanes_.push_back(std::make_unique<Lane>(index, kind, sockets_));
  lanes_.back()->keep(idle_max_of(index));
  return *lanes_.back();
}

std::size_t Client::idle_max_of(std::size_t lane) const noexcept {
  if (lane == kHttp2Lane) return std::min(kHttp2IdleMax, idle_max_ / 2);
  return std::min(kHttp1IdleMax, idle_max_ / 2 / kHttp1LanesExpected);
}

/// Somebody found no descriptor. What is idle goes, and less is kept from here on.
void Client::relieve() {
  if (!std::exchange(shared_.starved, false)) return;
  idle_max_ /= 2;
  for (const auto& lane : lanes_) {
    lane->keep(idle_max_of(lane->index()));
    lane->drop_idle();
  }
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
  lanes_.clear();  // Closes the connections, which needs the easy handles' callbacks no more.
  slots_.clear();
}

HttpCounts Client::counts() const noexcept {
  return {shared_.requests, shared_.connections, slots_.size() - free_.size(), lanes_.size(),
          sockets_.open()};
}

std::uint32_t Client::free_slot() {
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(slots_.size()));
    slots_.emplace_back().transfer = std::make_unique<Transfer>(shared_, free_.back());
  }
  const std::uint32_t index = free_.back();
  free_.pop_back();
  return index;
}

RequestId Client::start(HttpRequest request) {
  const std::uint32_t index = free_slot();
  Slot& slot = slots_[index];
  slot.host = &hosts_.enter(origin_of(request.url));
  slot.transfer->accept(std::move(request));
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
    lanes_[ready.lane]->run_socket(ready.fd, ready.events);
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
  run_due_lanes();
  relieve();
  watch_probes();
  arm();
  // Callbacks come last: they may start and cancel, which only fills arrivals_ and withdrawals_.
  for (Transfer::Ended& call : std::exchange(calls_, {})) call.on_done(std::move(call.response));
}

void Client::run_due_lanes() {
  for (int round = 0; round < kTimerRoundsMax; ++round) {
    for (const auto& lane : lanes_) {
      if (lane->due() <= shared_.now) lane->run_timers();
      lane->take_ended(ended_);
    }
    // By themselves: an end may release requests, and those may need a new lane.
    for (const auto& [transfer, code] : std::exchange(ended_, {})) {
      Slot& slot = slot_of(*transfer);
      slot.lane->remove(*transfer);
      learn(slot, *transfer);
      retire(slot, transfer->end(code, shared_.now));
    }
    // A zero wait is a request to be called at once.
    const bool again = std::any_of(lanes_.begin(), lanes_.end(),
                                   [&](const auto& lane) { return lane->due() <= shared_.now; });
    if (!again) return;
  }
}

void Client::arm() {
  const bool active = free_.size() < slots_.size();
  if (!active) sweep_at_ = TimePoint::max();
  if (active && sweep_at_ == TimePoint::max()) sweep_at_ = shared_.now + kSweepInterval;
  TimePoint next = sweep_at_;
  for (const auto& lane : lanes_) next = std::min(next, lane->due());
  // A timer that comes too early only looks and sets the next one.
  if (next >= timer_at_) return;
  loop_.cancel(timer_);
  timer_at_ = next;
  timer_ = loop_.at(next, [this] { on_timer(); });
}

void Client::admit(Slot& slot) {
  Host& host = *slot.host;
  slot.transfer->begin(shared_.now);
  const bool only_http1 = slot.transfer->request().profile->version == HttpVersion::http1;
  if (host.is_open(shared_.now) || (only_http1 && host.is_resolved(shared_.now))) {
    dispatch(slot);
  } else if (host.probe == nullptr) {
    probe(slot);
  } else {
    host.waiting.push_back(slot.transfer.get());
  }
}

void Client::probe(Slot& slot) {
  Host& host = *slot.host;
  host.probe = slot.transfer.get();
  if (!host.is_resolved(shared_.now)) {
    if (resolving_ >= resolving_max_) {
      parked_.push_back(slot.transfer.get());
      return;
    }
    ++resolving_;
    host.is_resolving = true;
  }
  probing_.push_back(&host);
  dispatch(slot);
}

void Client::dispatch(Slot& slot) {
  Host& host = *slot.host;
  const HttpRequest& request = slot.transfer->request();
  Lane* lane = nullptr;
  auto multiplex = Multiplex::never;
  const bool is_plain =
      request.url.scheme == "http" || request.profile->version == HttpVersion::http1;
  if (!is_plain && host.protocol == Host::Protocol::http2) {
    lane = lanes_[kHttp2Lane].get();
    multiplex = Multiplex::wait;
  } else if (!is_plain && host.probe == slot.transfer.get() &&
             host.protocol == Host::Protocol::unknown) {
    lane = lanes_[kHttp2Lane].get();
    multiplex = Multiplex::offer;
  } else {
    lane = &http1_lane(host);
  }
  if (auto prepared = slot.transfer->prepare(multiplex); !prepared) {
    // Ends in the next batch: nothing may end while this one walks its lists.
    withdrawals_.emplace_back(id_of(slot), std::move(prepared.error()));
    return schedule();
  }
  slot.lane = lane;
  lane->add(*slot.transfer);
}

Lane& Client::http1_lane(Host& host) {
  // The latest idle connection whose lane has room.
  for (std::size_t i = host.lanes.size(); i > 0; --i) {
    Lane& lane = *lanes_[host.lanes[i - 1]];
    if (lane.in_flight() >= kLaneRequestsMax && lane.index() != kHttp2Lane) continue;
    host.lanes.erase(host.lanes.begin() + static_cast<std::ptrdiff_t>(i - 1));
    return lane;
  }
  for (std::size_t i = kHttp2Lane + 1; i < lanes_.size(); ++i) {
    if (lanes_[i]->in_flight() < kLaneRequestsMax) return *lanes_[i];
  }
  return add_lane(LaneKind::http1);
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
  const Transfer& probe = *host.probe;
  if (host.is_resolving && probe.is_resolved()) {
    host.resolved_until = shared_.now + kNameKept;
    resolving_ended(host);
  }
  if (probe.phase() >= Phase::head) {
    host.protocol = probe.is_http2() ? Host::Protocol::http2 : Host::Protocol::http1;
  }
  if (host.is_open(shared_.now)) return true;
  return probe.is_connected() && shared_.now - probe.sent_at() > kProbeWaitMax;
}

void Client::release(Host& host) {
  for (Transfer* transfer : std::exchange(host.waiting, {})) dispatch(slot_of(*transfer));
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
  for (Slot& slot : slots_) {
    if (slot.host == nullptr) continue;
    if (auto error = slot.transfer->overdue(shared_.now)) withdraw(slot, std::move(*error));
  }
}

void Client::withdraw(Slot& slot, Error error) {
  Transfer& transfer = *slot.transfer;
  std::erase(slot.host->waiting, &transfer);
  std::erase(parked_, &transfer);
  if (slot.lane != nullptr) {
    slot.lane->remove(transfer);
    learn(slot, transfer);
  }
  retire(slot, transfer.end(std::move(error), shared_.now));
}

/// What a transfer that is about to end tells about its host.
void Client::learn(Slot& slot, const Transfer& transfer) {
  Host& host = *slot.host;
  if (transfer.is_connected()) host.resolved_until = shared_.now + kNameKept;
  if (host.protocol == Host::Protocol::unknown && transfer.phase() >= Phase::head) {
    host.protocol = transfer.is_http2() ? Host::Protocol::http2 : Host::Protocol::http1;
  }
}

void Client::retire(Slot& slot, Transfer::Ended ended) {
  Host& host = *slot.host;
  Transfer* transfer = slot.transfer.get();
  const bool is_idle_lane = ended.connection_kept && host.protocol != Host::Protocol::http2;
  if (is_idle_lane && slot.lane != nullptr && host.lanes.size() < kIdleLanesKnownMax) {
    host.lanes.push_back(slot.lane->index());
  }
  const bool was_probe = host.probe == transfer;
  const std::optional<Error> failure = ended.response.error;
  calls_.push_back(std::move(ended));
  if (was_probe) end_probe(host, failure);
  hosts_.leave(host);
  slot.host = nullptr;
  slot.lane = nullptr;
  ++slot.generation;
  free_.push_back(transfer->index());
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
    for (Transfer* transfer : std::exchange(host.waiting, {}))
      withdraw(slot_of(*transfer), *failure);
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

// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Each limit is kept here, at the byte that breaks it.
#include "net/exchange.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <utility>

#include "net/body_buffers.h"
#include "os/system_error.h"

namespace penstock::net {
namespace {

constexpr std::uint64_t kExpansionJudgedBytes = 1 << 20;

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t') || byte == 0x7f;
  });
}

bool is_token(std::string_view text) {
  return !text.empty() && std::none_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) <= 0x20 || static_cast<unsigned char>(c) >= 0x7f ||
           c == ':';
  });
}

}  // namespace

void Exchange::accept(HttpRequest request) {
  request_ = std::move(request);
  proxy_ = proxy_for(request_.profile->proxy, request_.url);
  phase_ = Phase::waiting;
}

Status Exchange::carry(ConnectTimer timer) {
  for (const auto& [name, value] : request_.headers) {
    if (is_token(name) && !has_control(value)) continue;
    return Error{Errc::invalid, who() + ": header not sendable: " + name.substr(0, 60),
                 "header.value"};
  }
  connect_timer_ = timer;
  carried_at_ = shared_.now;
  phase_ = Phase::connecting;
  return ok();
}

std::string Exchange::who() const { return request_.method + " " + request_.url.host_key(); }

const char* Exchange::overdue_kind(TimePoint now) const noexcept {
  if (began_at_ == TimePoint{}) return nullptr;
  const HttpTimeouts& timeouts = request_.profile->timeouts;
  if (now - began_at_ > timeouts.total) return "timeout.total";
  if (phase_ == Phase::connecting && connect_timer_ == ConnectTimer::exchange &&
      now - carried_at_ > timeouts.connect) {
    return "connect.timeout";
  }
  if (phase_ < Phase::sent) return nullptr;
  if (heard_at_ == TimePoint{}) {
    return now - response_.sent_at > timeouts.first_byte ? "timeout.first_byte" : nullptr;
  }
  if (now - heard_at_ > timeouts.idle) return "timeout.idle";
  return nullptr;
}

std::optional<Error> Exchange::overdue(TimePoint now) const {
  const char* kind = overdue_kind(now);
  if (kind == nullptr) return std::nullopt;
  const auto waited = std::chrono::duration_cast<std::chrono::milliseconds>(now - began_at_);
  return Error{Errc::timeout, who() + ": given up after " + std::to_string(waited.count()) + " ms",
               kind};
}

void Exchange::refuse(Errc code, const char* kind, std::string what) {
  if (!refusal_) refusal_ = Error{code, who() + ": " + std::move(what), kind};
}

void Exchange::lacks_descriptors(const Error& why) {
  // Not Errc::system: with fewer connections at once the run can go on.
  refusal_ = Error{Errc::unavailable, who() + ": " + why.message, "connect.descriptors"};
  shared_.starved = true;
}

bool Exchange::refuse_address(const std::optional<IpAddress>& address) {
  if (!request_.guard || (address && request_.guard->allows(*address))) return false;
  refuse(Errc::rejected, "address.refused",
         "a URL out of a response leads to an inner address (see `allow`)");
  return true;
}

Status Exchange::check_proxied(const IpAddress& literal) {
  if (!refuse_address(literal)) return ok();
  return *std::exchange(refusal_, std::nullopt);
}

bool Exchange::may_connect(const std::optional<IpAddress>& address) {
  resolved_ = true;
  if (is_direct() && refuse_address(address)) return false;
  // An earlier address of the same host may have been refused; this one counts.
  refusal_.reset();
  return true;
}

bool Exchange::may_send(const std::optional<IpAddress>& address) {
  // A kept connection may be one that a request without a guard has opened.
  if (is_direct() && refuse_address(address)) return false;
  // Of another address of the same host, or of another try to connect.
  refusal_.reset();
  if (is_direct()) address_ = address;
  phase_ = Phase::sent;
  response_.sent_at = TimePoint::clock::now();
  ++shared_.requests;
  if (request_.on_sent) request_.on_sent(response_.sent_at);
  return true;
}

void Exchange::heard() noexcept { heard_at_ = shared_.now; }

bool Exchange::take_line_bytes(std::size_t bytes) {
  header_bytes_ += bytes;
  heard();
  const HttpLimits& limits = request_.profile->limits;
  if (header_bytes_ <= limits.header_bytes && ++header_count_ <= limits.header_count) return true;
  refuse(Errc::rejected, "header.too_large", "more or longer headers than allowed");
  return false;
}

void Exchange::take_status(StatusLine line) {
  phase_ = Phase::head;
  response_.headers.clear();  // Those of a 1xx answer before.
  response_.status = line.status;
  http2_ = line.version == StatusLine::Version::http2;
  closes_ = line.version == StatusLine::Version::http10;
}

void Exchange::take_field(std::string_view name, std::string_view value) {
  if (phase_ == Phase::head) response_.headers.add(name, value);  // Else it is a trailer.
}

bool Exchange::end_of_head() {
  phase_ = Phase::body;
  const HeaderList& headers = response_.headers;
  if (const auto connection = headers.find("connection")) {
    closes_ = closes_ || same_name(connection->substr(0, 5), "close");
  }
  plan_ = request_.on_head ? request_.on_head({response_.status, headers}) : BodyPlan{};
  if (plan_.action == BodyPlan::Action::stop) {
    response_.stopped = closes_ = true;
    return false;
  }
  if (!open_unpacker()) return false;
  std::uint64_t announced = 0;
  if (const auto length = headers.find("content-length")) {
    std::from_chars(length->data(), length->data() + length->size(), announced);
  }
  const HttpLimits& limits = request_.profile->limits;
  if (plan_.action == BodyPlan::Action::keep && announced > limits.body_bytes) {
    return check_body(announced);
  }
  if (plan_.action == BodyPlan::Action::keep) {
    // Not more than one buffer on the word of a stranger.
    response_.body = shared_.buffers.take(std::min<std::uint64_t>(announced, 4 << 20));
  }
  return true;
}

bool Exchange::open_unpacker() {
  const HeaderList& headers = response_.headers;
  std::string codings;
  for (std::size_t i = 0; i < headers.size(); ++i) {
    if (headers.name(i) == "content-encoding") codings.append(headers.value(i)).append(",");
  }
  if (codings.empty()) return true;
  auto unpacker = Unpacker::for_codings(codings);
  if (!unpacker) {
    refuse(Errc::rejected, "body.encoding", unpacker.error().message);
    return false;
  }
  if (!unpacker->is_identity()) unpacker_ = std::move(*unpacker);
  return true;
}

bool Exchange::check_body(std::uint64_t bytes) {
  const HttpLimits& limits = request_.profile->limits;
  if (bytes > limits.body_bytes) {
    refuse(Errc::rejected, "body.too_large",
           "a body of more than " + std::to_string(limits.body_bytes) + " bytes");
    return false;
  }
  if (bytes <= kExpansionJudgedBytes) return true;
  if (bytes / limits.expansion <= std::max<std::uint64_t>(packed_bytes_, 1)) return true;
  refuse(
      Errc::rejected, "body.expansion",
      "a body that unpacks to more than " + std::to_string(limits.expansion) + " times its size");
  return false;
}

bool Exchange::take_packed(std::string_view bytes) {
  heard();
  packed_bytes_ += bytes.size();
  if (!unpacker_) return take_body(bytes);
  auto taken = unpacker_->feed(bytes, [this](std::string_view piece) { return take_body(piece); });
  if (taken) return *taken;
  refuse(Errc::rejected, "body.encoding", std::move(taken.error().message));
  return false;
}

bool Exchange::take_body(std::string_view bytes) {
  response_.body_bytes += bytes.size();
  if (plan_.action == BodyPlan::Action::keep_beginning) {
    const std::size_t room = plan_.bytes_max - response_.body.size();
    response_.body.append(bytes.substr(0, room));
    if (bytes.size() <= room) return true;
    response_.stopped = closes_ = true;
    return false;
  }
  if (!check_body(response_.body_bytes)) return false;
  if (plan_.action == BodyPlan::Action::write) return write_body(bytes);
  response_.body.append(bytes);
  return true;
}

bool Exchange::write_body(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(plan_.fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      refusal_ = os::system_error("write a body of", request_.url.host_key());
      return false;
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

Sent Exchange::sent() const noexcept {
  if (phase_ <= Phase::connecting) return Sent::no;
  return phase_ == Phase::sent ? Sent::maybe : Sent::yes;
}

Exchange::Ended Exchange::complete(TimePoint now) {
  const bool is_whole = response_.stopped || !unpacker_ || unpacker_->is_complete();
  if (is_whole) return close(now);
  return break_off(Error{Errc::unavailable, who() + ": the compressed body ends early", "body.cut"},
                   now);
}

Exchange::Ended Exchange::break_off(Error why, TimePoint now) {
  if (response_.stopped) return close(now);
  if (refusal_) return fail(*std::exchange(refusal_, std::nullopt), now);
  response_.cut = phase_ == Phase::body && plan_.action == BodyPlan::Action::keep_beginning;
  return response_.cut ? close(now) : fail(std::move(why), now);
}

Exchange::Ended Exchange::fail(Error why, TimePoint now) {
  why.sent = sent();
  response_.error = std::move(why);
  closes_ = true;
  return close(now);
}

Exchange::Ended Exchange::close(TimePoint now) {
  response_.received_bytes = header_bytes_ + packed_bytes_;
  response_.ended_at = now;
  if (response_.error) shared_.buffers.give(std::exchange(response_.body, {}));

  Ended ended{.response = std::exchange(response_, {}),
              .on_done = std::move(request_.on_done),
              .connection_kept = phase_ == Phase::body && !closes_};
  request_ = HttpRequest{};
  proxy_ = {};
  plan_ = BodyPlan{};
  unpacker_.reset();
  refusal_.reset();
  address_.reset();
  header_bytes_ = header_count_ = packed_bytes_ = 0;
  phase_ = Phase::idle;
  began_at_ = heard_at_ = TimePoint{};
  resolved_ = http2_ = closes_ = false;
  return ended;
}

}  // namespace penstock::net

// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The life of a request: options before it, an error or a response after it. What libcurl calls
// in between is in transfer_callbacks.cc.
#include "net/transfer.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "net/body_buffers.h"
#include "net/transfer_error.h"

namespace penstock::net {
namespace {

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

bool is_resolving_failure(CURLcode code) {
  return code == CURLE_COULDNT_RESOLVE_HOST || code == CURLE_COULDNT_RESOLVE_PROXY;
}

/// Resolvers say "no such name" when they cannot open a file or a socket, so we try it.
bool lacks_descriptors() {
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return errno == EMFILE || errno == ENFILE;
  ::close(fd);
  return false;
}

}  // namespace

template <typename Value>
void Transfer::set(CURLoption option, Value value) {
  // Fails for options that this libcurl lacks, or out of memory; the former is a build error.
  (void)::curl_easy_setopt(easy_, option, value);
}

Transfer::~Transfer() {
  ::curl_easy_cleanup(easy_);
  ::curl_slist_free_all(header_list_);
}

void Transfer::accept(HttpRequest request) {
  request_ = std::move(request);
  phase_ = Phase::waiting;
}

Status Transfer::prepare(Multiplex multiplex) {
  apply_proxy();
  if (request_.guard && !is_direct()) {
    // The proxy resolves names; only an address that stands in the URL can be judged here.
    const auto literal = parse_address(request_.url.host);
    if (literal && refuse_address(literal)) return *refusal_;
  }
  PENSTOCK_CHECK(apply_headers());
  apply_method();
  if (profile_ != request_.profile || multiplex != multiplex_) {
    multiplex_ = multiplex;
    apply_profile();
  }
  set(CURLOPT_URL, request_.url.text.c_str());
  message_[0] = '\0';
  phase_ = Phase::connecting;
  return ok();
}

void Transfer::apply_profile() {
  profile_ = request_.profile;
  const HttpProfile& profile = *profile_;
  const bool http2 = multiplex_ != Multiplex::never;
  set(CURLOPT_HTTP_VERSION, long{http2 ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1});
  set(CURLOPT_PIPEWAIT, long{multiplex_ == Multiplex::wait});
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(profile.timeouts.connect.count()));
  set(CURLOPT_SSL_VERIFYPEER, long{profile.tls_check == TlsCheck::on});
  set(CURLOPT_SSL_VERIFYHOST, profile.tls_check == TlsCheck::on ? 2L : 0L);
  static const std::string system_ca_file = [] {
    const char* path = ::curl_version_info(CURLVERSION_NOW)->cainfo;
    return std::string(path != nullptr ? path : "");
  }();
  const std::string& ca_file = profile.ca_file.empty() ? system_ca_file : profile.ca_file;
  set(CURLOPT_CAINFO, ca_file.c_str());
  set(CURLOPT_PROXY_CAINFO, ca_file.c_str());
}

void Transfer::apply_proxy() {
  const std::string_view proxy = proxy_for(request_.profile->proxy, request_.url);
  if (proxy_ == proxy) return;
  proxy_ = proxy;
  // Empty is not the same as unset: unset asks the environment. And no list of libcurl's own: what
  // we take for proxied must not go out directly.
  set(CURLOPT_PROXY, proxy_->c_str());
  set(CURLOPT_NOPROXY, "");
}

void Transfer::apply_method() {
  const bool has_body = request_.body.has_value();
  if (has_body) {
    set(CURLOPT_POST, 1L);
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body->size()));
    set(CURLOPT_POSTFIELDS, request_.body->data());
  }
  if (request_.method == method_ && has_body == has_body_) return;
  method_ = request_.method;
  has_body_ = has_body;
  if (!has_body) set(CURLOPT_HTTPGET, 1L);
  if (method_ == "HEAD") set(CURLOPT_NOBODY, 1L);
  const bool is_usual = method_ == (has_body ? "POST" : "GET") || method_ == "HEAD";
  const char* custom = is_usual ? nullptr : method_.c_str();
  set(CURLOPT_CUSTOMREQUEST, custom);
}

Status Transfer::apply_headers() {
  const bool has_body = request_.body.has_value();
  const bool is_same = request_.headers == headers_ && has_body == headers_with_body_;
  if (is_same && header_list_ != nullptr) return ok();
  for (const auto& [name, value] : request_.headers) {
    if (is_token(name) && !has_control(value)) continue;
    return Error{Errc::invalid, who() + ": header not sendable: " + name.substr(0, 60),
                 "header.value"};
  }
  ::curl_slist_free_all(std::exchange(header_list_, nullptr));
  headers_ = request_.headers;
  headers_with_body_ = has_body;
  const auto append = [this](const char* line) {
    header_list_ = ::curl_slist_append(header_list_, line);
  };
  for (const auto& [name, value] : headers_) {
    // A name with a semicolon is libcurl's spelling of an empty header.
    append((value.empty() ? name + ";" : name + ": " + value).c_str());
  }
  // libcurl formats a header of its own twice and byte by byte, one of the list only once.
  if (!has_header("accept-encoding")) append("Accept-Encoding: gzip, br, zstd");
  // No round trip to ask whether a body is welcome, and no type that nobody asked for.
  if (has_body) append("Expect:");
  if (has_body && !has_header("content-type")) append("Content-Type:");
  set(CURLOPT_HTTPHEADER, header_list_);
  return ok();
}

bool Transfer::has_header(std::string_view wanted) const {
  return std::any_of(headers_.begin(), headers_.end(), [&](const Header& header) {
    return header.first.size() == wanted.size() &&
           ::curl_strnequal(header.first.data(), wanted.data(), wanted.size()) != 0;
  });
}

const char* Transfer::overdue_kind(TimePoint now) const noexcept {
  const HttpTimeouts& timeouts = request_.profile->timeouts;
  if (began_at_ == TimePoint{}) return nullptr;
  if (now - began_at_ > timeouts.total) return "timeout.total";
  if (phase_ == Phase::sent && now - response_.sent_at > timeouts.first_byte) {
    return "timeout.first_byte";
  }
  if (phase_ > Phase::sent && now - heard_at_ > timeouts.idle) return "timeout.idle";
  return nullptr;
}

std::optional<Error> Transfer::overdue(TimePoint now) const {
  const char* kind = overdue_kind(now);
  if (kind == nullptr) return std::nullopt;
  const auto waited = std::chrono::duration_cast<std::chrono::milliseconds>(now - began_at_);
  return Error{Errc::timeout, who() + ": given up after " + std::to_string(waited.count()) + " ms",
               kind};
}

Sent Transfer::sent() const noexcept {
  if (phase_ <= Phase::connecting) return Sent::no;
  return phase_ == Phase::sent ? Sent::maybe : Sent::yes;
}

std::string Transfer::who() const { return request_.method + " " + request_.url.host_key(); }

Transfer::Ended Transfer::end(CURLcode code, TimePoint now) {
  const bool may_be_cut = phase_ == Phase::body && plan_.action == BodyPlan::Action::keep_beginning;
  const bool is_broken_off =
      code == CURLE_OK && !response_.stopped && unpacker_ && !unpacker_->is_complete();
  response_.cut = may_be_cut && !response_.stopped && (code != CURLE_OK || is_broken_off);
  if (is_broken_off && !may_be_cut) {
    return end(Error{Errc::unavailable, who() + ": the compressed body ends early", "body.cut"},
               now);
  }
  if (code == CURLE_OK || response_.stopped) return close(now);
  if (refusal_) return end(*std::exchange(refusal_, std::nullopt), now);
  if (may_be_cut) return close(now);

  long system_error = 0;
  long proxy_status = 0;
  (void)::curl_easy_getinfo(easy_, CURLINFO_OS_ERRNO, &system_error);
  (void)::curl_easy_getinfo(easy_, CURLINFO_HTTP_CONNECTCODE, &proxy_status);
  closes_ = true;
  const bool starved = is_resolving_failure(code) && lacks_descriptors();
  shared_.starved = shared_.starved || starved;
  response_.error = to_error({.code = code,
                              .phase = phase_,
                              .resolved = resolved_,
                              .starved = starved,
                              .system_error = static_cast<int>(system_error),
                              .proxy_status = static_cast<int>(proxy_status),
                              .message = message_,
                              .who = who()});
  return close(now);
}

Transfer::Ended Transfer::end(Error error, TimePoint now) {
  error.sent = sent();
  response_.error = std::move(error);
  closes_ = true;
  return close(now);
}

Transfer::Ended Transfer::close(TimePoint now) {
  curl_off_t body_bytes = 0;
  (void)::curl_easy_getinfo(easy_, CURLINFO_SIZE_DOWNLOAD_T, &body_bytes);
  response_.received_bytes = header_bytes_ + static_cast<std::uint64_t>(body_bytes);
  response_.ended_at = now;
  if (response_.error) shared_.buffers.give(std::exchange(response_.body, {}));

  Ended ended{.response = std::exchange(response_, {}),
              .on_done = std::move(request_.on_done),
              .connection_kept = phase_ == Phase::body && !closes_};
  request_ = HttpRequest{};
  plan_ = BodyPlan{};
  unpacker_.reset();
  refusal_.reset();
  header_bytes_ = header_count_ = 0;
  phase_ = Phase::idle;
  began_at_ = TimePoint{};
  resolved_ = http2_ = closes_ = false;
  return ended;
}

}  // namespace penstock::net

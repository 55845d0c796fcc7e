// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// One table by result code; what depends on more than the code stands before it.
#include "net/transfer_error.h"

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <string>

namespace penstock::net {
namespace {

struct Row {
  CURLcode curl;
  Errc code;
  const char* kind;
};

constexpr Row kRows[] = {
    {CURLE_COULDNT_RESOLVE_HOST, Errc::unavailable, "dns.unknown"},
    {CURLE_COULDNT_RESOLVE_PROXY, Errc::unavailable, "proxy.dns"},
    {CURLE_PROXY, Errc::unavailable, "proxy.refused"},
    {CURLE_COULDNT_CONNECT, Errc::unavailable, "connect.failed"},
    {CURLE_SSL_CONNECT_ERROR, Errc::unavailable, "tls.handshake"},
    {CURLE_PEER_FAILED_VERIFICATION, Errc::rejected, "tls.certificate"},
    {CURLE_SSL_CACERT_BADFILE, Errc::invalid, "tls.ca_file"},
    {CURLE_PARTIAL_FILE, Errc::unavailable, "body.cut"},
    {CURLE_GOT_NOTHING, Errc::unavailable, "reset"},
    {CURLE_SEND_ERROR, Errc::unavailable, "reset"},
    {CURLE_RECV_ERROR, Errc::unavailable, "reset"},
    {CURLE_BAD_CONTENT_ENCODING, Errc::rejected, "body.encoding"},
    {CURLE_WEIRD_SERVER_REPLY, Errc::unavailable, "http.protocol"},
    {CURLE_UNSUPPORTED_PROTOCOL, Errc::unavailable, "http.protocol"},
    {CURLE_HTTP2, Errc::unavailable, "http.protocol"},
    {CURLE_HTTP2_STREAM, Errc::unavailable, "http.protocol"},
    {CURLE_URL_MALFORMAT, Errc::invalid, "url.syntax"},
};

Row row_of(const TransferFailure& failure) {
  const CURLcode code = failure.code;
  if (failure.starved) return {code, Errc::unavailable, "connect.descriptors"};
  if (failure.proxy_status != 0 && failure.phase <= Phase::connecting) {
    return {code, Errc::unavailable, "proxy.refused"};
  }
  if (code == CURLE_COULDNT_CONNECT && failure.system_error == ECONNREFUSED) {
    return {code, Errc::unavailable, "connect.refused"};
  }
  if (code == CURLE_COULDNT_CONNECT && failure.system_error == ETIMEDOUT) {
    return {code, Errc::timeout, "connect.timeout"};
  }
  if (code == CURLE_OPERATION_TIMEDOUT) {
    return {code, Errc::timeout, failure.resolved ? "connect.timeout" : "dns.timeout"};
  }
  // libcurl's word for a header line that outgrew its buffer of 100 KiB.
  if (code == CURLE_OUT_OF_MEMORY && failure.phase >= Phase::sent && failure.phase < Phase::body) {
    return {code, Errc::rejected, "header.too_large"};
  }
  const auto* row = std::find_if(std::begin(kRows), std::end(kRows),
                                 [&](const Row& known) { return known.curl == code; });
  return row != std::end(kRows) ? *row : Row{code, Errc::unavailable, "http.transfer"};
}

}  // namespace

Error to_error(const TransferFailure& failure) {
  const Row row = row_of(failure);
  const std::string_view words =
      failure.message.empty() ? ::curl_easy_strerror(failure.code) : failure.message;
  Error error{row.code, std::string(failure.who) + ": " + std::string(words), row.kind};
  if (failure.phase == Phase::sent) error.sent = Sent::maybe;
  if (failure.phase > Phase::sent) error.sent = Sent::yes;
  return error;
}

}  // namespace penstock::net

// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Result codes become kinds, and what was sent is never said wrong.
#include "net/transfer_error.h"

#include <gtest/gtest.h>

#include <cerrno>

namespace penstock::net {
namespace {

Error translate(CURLcode code, Phase phase, int system_error = 0) {
  return to_error({.code = code,
                   .phase = phase,
                   .resolved = phase > Phase::connecting,
                   .system_error = system_error,
                   .who = "GET a.org"});
}

TEST(TransferError, Kinds) {
  const auto kind = [](CURLcode code, Phase phase, int system_error = 0) {
    return translate(code, phase, system_error).kind;
  };
  EXPECT_EQ(kind(CURLE_COULDNT_RESOLVE_HOST, Phase::connecting), "dns.unknown");
  EXPECT_EQ(kind(CURLE_COULDNT_CONNECT, Phase::connecting, ECONNREFUSED), "connect.refused");
  EXPECT_EQ(kind(CURLE_COULDNT_CONNECT, Phase::connecting, ETIMEDOUT), "connect.timeout");
  EXPECT_EQ(kind(CURLE_COULDNT_CONNECT, Phase::connecting, ENETUNREACH), "connect.failed");
  EXPECT_EQ(kind(CURLE_OPERATION_TIMEDOUT, Phase::connecting), "dns.timeout");
  EXPECT_EQ(kind(CURLE_PARTIAL_FILE, Phase::body), "body.cut");
  EXPECT_EQ(kind(CURLE_OUT_OF_MEMORY, Phase::head), "header.too_large");
  EXPECT_EQ(kind(CURLE_OUT_OF_MEMORY, Phase::body), "http.transfer");
  EXPECT_EQ(kind(CURLE_TELNET_OPTION_SYNTAX, Phase::body), "http.transfer");
}

TEST(TransferError, ConnectTimeoutAfterTheNameWasFound) {
  const Error error = to_error({.code = CURLE_OPERATION_TIMEDOUT,
                                .phase = Phase::connecting,
                                .resolved = true,
                                .who = "GET a.org"});
  EXPECT_EQ(error.kind, "connect.timeout");
  EXPECT_EQ(error.code, Errc::timeout);
}

TEST(TransferError, AProxyThatRefuses) {
  const Error error = to_error({.code = CURLE_RECV_ERROR,
                                .phase = Phase::connecting,
                                .resolved = true,
                                .proxy_status = 407,
                                .who = "GET a.org"});
  EXPECT_EQ(error.kind, "proxy.refused");
}

TEST(TransferError, WhatWasSent) {
  EXPECT_EQ(translate(CURLE_RECV_ERROR, Phase::connecting).sent, Sent::no);
  EXPECT_EQ(translate(CURLE_RECV_ERROR, Phase::sent).sent, Sent::maybe);
  EXPECT_EQ(translate(CURLE_RECV_ERROR, Phase::head).sent, Sent::yes);
  EXPECT_EQ(translate(CURLE_RECV_ERROR, Phase::body).sent, Sent::yes);
}

TEST(TransferError, Messages) {
  EXPECT_EQ(translate(CURLE_GOT_NOTHING, Phase::sent).message.find("GET a.org: "), 0U);
  const Error own = to_error(
      {.code = CURLE_GOT_NOTHING, .phase = Phase::sent, .message = "words", .who = "GET a.org"});
  EXPECT_EQ(own.message, "GET a.org: words");
}

TEST(TransferError, ANameThatLacksADescriptorIsNotUnknown) {
  const Error error = to_error({.code = CURLE_COULDNT_RESOLVE_HOST,
                                .phase = Phase::connecting,
                                .resolved = false,
                                .starved = true,
                                .message = "",
                                .who = "GET a.org"});
  EXPECT_EQ(error.kind, "connect.descriptors");
  EXPECT_EQ(error.code, Errc::unavailable);
}

}  // namespace
}  // namespace penstock::net

// SPDX-License-Identifier: Apache-2.0
/// All of the plughost C++ SDK. Start reading at plugin.hpp.
#pragma once

#include <plughost/sdk/entry.hpp>
#include <plughost/sdk/error.hpp>
#include <plughost/sdk/handler.hpp>
#include <plughost/sdk/host.hpp>
#include <plughost/sdk/options.hpp>
#include <plughost/sdk/plugin.hpp>
#include <plughost/sdk/request.hpp>
#include <plughost/sdk/response.hpp>
#include <plughost/sdk/route.hpp>
#include <plughost/sdk/stream.hpp>
#include <plughost/sdk/text.hpp>
#include <plughost/sdk/websocket.hpp>

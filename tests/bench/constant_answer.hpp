#pragma once

#include <string_view>

/// What plughost answers to native hello, byte for byte but for the two times.
inline constexpr std::string_view kConstantAnswer =
    "HTTP/1.1 200 OK\r\n"
    "Date: Thu, 01 Jan 1970 00:00:00 GMT\r\n"
    "Content-Length: 51\r\n"
    "content-type: application/json\r\n"
    "\r\n"
    R"({"message":"Hello from C++","timestamp":1700000000})";

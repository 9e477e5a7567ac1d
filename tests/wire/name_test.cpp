// SPDX-License-Identifier: MIT
#include "wire/name.hpp"

#include <gtest/gtest.h>

#include <string>

#include "refused.hpp"

namespace zerobuffer::wire {
namespace {

using namespace std::string_literals;

TEST(NewName, EveryLengthFrom1To200IsAllowed) {
    for (std::size_t length = 1; length <= 200; ++length) {
        EXPECT_NO_THROW(check_new_name(std::string(length, 'n'))) << length;
    }
}

TEST(NewName, NoLengthBeyond200Is) {
    EXPECT_THAT([] { check_new_name(std::string(201, 'n')); }, Refuses(Status::bad_name, "has 201 bytes", "1 to 200"));
    EXPECT_THAT([] { check_new_name(std::string(100'000, 'n')); }, Refuses(Status::bad_name, "has 100000 bytes"));
}

TEST(NewName, EmptyIsRefused) {
    EXPECT_THAT([] { check_new_name(""); }, Refuses(Status::bad_name, "buffer name \"\"", "is empty"));
}

TEST(NewName, ExactlyLettersDigitsDotUnderscoreAndDashAreAllowed) {
    const std::string allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
    for (int byte = 0; byte < 256; ++byte) {
        const char c = static_cast<char>(byte);
        const std::string name = "a"s + c;
        if (allowed.find(c) != std::string::npos) {
            EXPECT_NO_THROW(check_new_name(name)) << byte;
        } else {
            EXPECT_THAT([&] { check_new_name(name); }, Refuses(Status::bad_name, "not allowed")) << byte;
        }
    }
}

TEST(NewName, LeadingDotIsRefused) {
    EXPECT_THAT([] { check_new_name("."); }, Refuses(Status::bad_name, "starts with '.'"));
    EXPECT_THAT([] { check_new_name(".."); }, Refuses(Status::bad_name, "starts with '.'"));
    EXPECT_THAT([] { check_new_name(".zerobuffer-1"); }, Refuses(Status::bad_name, "starts with '.'"));
}

TEST(NewName, DotElsewhereIsAllowed) {
    EXPECT_NO_THROW(check_new_name("a."));
    EXPECT_NO_THROW(check_new_name("a..b"));
}

TEST(NewName, NamesOfSemaphoreFilesAreRefused) {
    EXPECT_THAT([] { check_new_name("sem."); }, Refuses(Status::bad_name, "sem."));
    EXPECT_THAT([] { check_new_name("sem.sem-w-q"); }, Refuses(Status::bad_name, "semaphore"));
}

TEST(NewName, WhatOnlyLooksLikeASemaphoreIsAllowed) {
    EXPECT_NO_THROW(check_new_name("sem"));
    EXPECT_NO_THROW(check_new_name("sem-w-q"));
    EXPECT_NO_THROW(check_new_name("a.sem.b"));
}

TEST(NewName, SlashIsRefusedWhereverItStands) {
    for (const char* name : {"/", "/camera", "camera/", "a/../b"}) {
        EXPECT_THAT([&] { check_new_name(name); }, Refuses(Status::bad_name, "not allowed")) << name;
    }
}

TEST(NewName, MessageShowsControlBytesQuotesAndNonAsciiAsNumbers) {
    EXPECT_THAT([] { check_new_name("a\n\"\\\x7f\xc3"); }, Refuses(Status::bad_name, R"("a\x0a\x22\x5c\x7f\xc3")"));
}

TEST(NewName, MessageShowsANulByte) {
    EXPECT_THAT([] { check_new_name("a\0b"s); }, Refuses(Status::bad_name, R"("a\x00b")"));
}

TEST(NewName, MessageCutsALongName) {
    EXPECT_THAT([] { check_new_name(std::string(201, 'n')); },
                Refuses(Status::bad_name, "\"" + std::string(60, 'n') + "...\""));
}

TEST(ExistingName, EveryLengthFrom1To245IsAllowed) {
    for (std::size_t length = 1; length <= 245; ++length) {
        EXPECT_NO_THROW(check_existing_name(std::string(length, 'n'))) << length;
    }
}

TEST(ExistingName, NoLengthBeyond245Is) {
    EXPECT_THAT([] { check_existing_name(std::string(246, 'n')); }, Refuses(Status::bad_name, "has 246 bytes"));
}

TEST(ExistingName, EmptyIsRefused) {
    EXPECT_THAT([] { check_existing_name(""); }, Refuses(Status::bad_name, "is empty"));
}

TEST(ExistingName, AnyByteButSlashAndNulIsAllowed) {
    for (int byte = 0; byte < 256; ++byte) {
        const char c = static_cast<char>(byte);
        const std::string name = "a"s + c;
        if (c == '/' || c == '\0') {
            EXPECT_THAT([&] { check_existing_name(name); }, Refuses(Status::bad_name, "has a ")) << byte;
        } else {
            EXPECT_NO_THROW(check_existing_name(name)) << byte;
        }
    }
}

TEST(ExistingName, FoldersAreRefused) {
    EXPECT_THAT([] { check_existing_name("."); }, Refuses(Status::bad_name, "is a folder"));
    EXPECT_THAT([] { check_existing_name(".."); }, Refuses(Status::bad_name, "is a folder"));
}

TEST(ExistingName, LeadingDotIsAllowed) { EXPECT_NO_THROW(check_existing_name(".camera")); }

TEST(ExistingName, SemaphoreFilesAreRefused) {
    EXPECT_THAT([] { check_existing_name("sem.sem-w-q"); }, Refuses(Status::bad_name, "semaphore"));
}

}  // namespace
}  // namespace zerobuffer::wire

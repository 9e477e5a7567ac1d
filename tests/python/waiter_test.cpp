// SPDX-License-Identifier: MIT
// The thread that waits for event loops, without an interpreter.
#include "_waiter.hpp"

#include <gmock/gmock.h>
#include <poll.h>
#include <unistd.h>

#include <random>
#include <thread>

namespace {

using zerobuffer_python::for_descriptor;
using zerobuffer_python::for_task;
using zerobuffer_python::Waiter;

constexpr int deadline = 60'000;

zb_status frame_ready(void* reader, std::uint64_t, std::int64_t timeout) {
    return zb_reader_wait(static_cast<zb_reader*>(reader), timeout);
}

zb_status cancel(void* reader) { return zb_reader_cancel(static_cast<zb_reader*>(reader)); }

bool is_readable(int descriptor, int timeout = 0) {
    pollfd look{descriptor, POLLIN, 0};
    return poll(&look, 1, timeout) == 1;
}

class WaiterTest : public testing::Test {
protected:
    void SetUp() override {
        zb_options options;
        zb_options_init(&options, sizeof options);
        options.interruptible = 1;
        ASSERT_EQ(zb_reader_create(name_.c_str(), &options, &reader_), ZB_OK) << zb_last_error();
        ASSERT_EQ(zb_writer_open(name_.c_str(), &options, &writer_), ZB_OK) << zb_last_error();
        waiter_ = std::make_unique<Waiter>(reader_, frame_ready, cancel);
        task_ = waiter_->open_descriptor(for_task);
        selector_ = waiter_->open_descriptor(for_descriptor);
        ASSERT_GE(task_, 0);
        ASSERT_GE(selector_, 0);
    }

    void TearDown() override {
        zb_reader_shutdown(reader_);
        waiter_->stop();
        waiter_.reset();
        zb_writer_close(writer_);
        zb_reader_close(reader_);
    }

    void write() const { ASSERT_EQ(zb_writer_write(writer_, "x", 1, 0, nullptr), ZB_OK); }

    [[nodiscard]] bool take() const {
        zb_frame frame;
        return zb_reader_acquire(reader_, 0, &frame) == ZB_OK && zb_reader_release(&frame) == ZB_OK;
    }

    std::string name_ = "waiter-" + std::to_string(getpid());
    zb_reader* reader_ = nullptr;
    zb_writer* writer_ = nullptr;
    std::unique_ptr<Waiter> waiter_;
    int task_ = -1;
    int selector_ = -1;
};

TEST_F(WaiterTest, RingsWhoAskedWhenAFrameComes) {
    ASSERT_EQ(waiter_->ask(for_task, 0), 0);
    EXPECT_FALSE(is_readable(task_));
    write();
    EXPECT_TRUE(is_readable(task_, deadline));
    EXPECT_TRUE(take());
}

TEST_F(WaiterTest, RingsBothWhoAsked) {
    ASSERT_EQ(waiter_->ask(for_task, 0), 0);
    ASSERT_EQ(waiter_->ask(for_descriptor, 0), 0);
    write();
    EXPECT_TRUE(is_readable(task_, deadline));
    EXPECT_TRUE(is_readable(selector_, deadline));
    EXPECT_TRUE(take());
}

TEST_F(WaiterTest, TellsOnceWhatErrorEndedTheWait) {
    write();
    ASSERT_TRUE(take());
    ASSERT_EQ(waiter_->ask(for_descriptor, 0), 0);
    zb_writer_shutdown(writer_);
    ASSERT_TRUE(is_readable(selector_, deadline));
    zb_status status = ZB_OK;
    std::string message;
    int number = 0;
    EXPECT_TRUE(waiter_->take_outcome(for_descriptor, status, message, number));
    EXPECT_EQ(status, ZB_PEER_CLOSED);
    EXPECT_THAT(message, testing::HasSubstr(name_));
    EXPECT_FALSE(waiter_->take_outcome(for_descriptor, status, message, number));
}

TEST_F(WaiterTest, MakesWayForAnotherWaitAndSaysLookAgain) {
    ASSERT_EQ(waiter_->ask(for_descriptor, 0), 0);
    waiter_->make_way();
    EXPECT_TRUE(is_readable(selector_));
    EXPECT_FALSE(waiter_->engaged());
    // The library allows one wait at a time; a knock that came too late may end it for nothing.
    EXPECT_THAT(zb_reader_wait(reader_, 1), testing::AnyOf(ZB_TIMEOUT, ZB_CANCELLED, ZB_INTERRUPTED))
        << zb_last_error();
}

TEST_F(WaiterTest, WhoAsksAfterTheEndIsToldToLook) {
    zb_reader_shutdown(reader_);
    waiter_->stop();
    ASSERT_EQ(waiter_->ask(for_task, 0), 0);
    EXPECT_TRUE(is_readable(task_));
}

TEST_F(WaiterTest, LosesNoFrameWhateverIsAskedAndTakenBackMeanwhile) {
    constexpr int frames = 2000;
    std::thread writing([this] {
        for (int i = 0; i < frames; ++i) {
            zb_writer_write(writer_, "x", 1, ZB_FOREVER, nullptr);
        }
    });
    std::mt19937 random(1);
    int taken = 0;
    while (taken < frames) {
        if (take()) {
            ++taken;
            continue;
        }
        ASSERT_EQ(waiter_->ask(for_task, 0), 0);
        switch (random() % 4) {
            case 0:
                waiter_->take_back(for_task);
                waiter_->make_way();
                break;
            case 1:
                waiter_->take_back(for_task);
                break;
            default:
                ASSERT_TRUE(is_readable(task_, deadline)) << taken;
        }
    }
    writing.join();
}

}  // namespace

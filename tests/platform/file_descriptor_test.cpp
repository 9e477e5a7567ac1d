// SPDX-License-Identifier: MIT
#include "platform/file_descriptor.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>

namespace zerobuffer::platform {
namespace {

bool is_open(int number) { return ::fcntl(number, F_GETFD) >= 0; }

class FileDescriptorTest : public testing::Test {
protected:
    static int any() { return ::open("/dev/null", O_RDONLY | O_CLOEXEC); }
};

TEST_F(FileDescriptorTest, OwnsNothingByDefault) {
    const FileDescriptor descriptor;
    EXPECT_FALSE(descriptor);
    EXPECT_EQ(descriptor.number(), -1);
}

TEST_F(FileDescriptorTest, ZeroIsADescriptor) {
    FileDescriptor descriptor(0);
    EXPECT_TRUE(descriptor);
    FileDescriptor(std::move(descriptor)).reset();  // closes standard input, which a test does not read
    EXPECT_FALSE(is_open(0));
    EXPECT_EQ(any(), 0);
}

TEST_F(FileDescriptorTest, ClosesAtTheEnd) {
    int number = -1;
    {
        const FileDescriptor descriptor(any());
        number = descriptor.number();
        EXPECT_TRUE(is_open(number));
    }
    EXPECT_FALSE(is_open(number));
}

TEST_F(FileDescriptorTest, ResetClosesOnce) {
    FileDescriptor descriptor(any());
    const int number = descriptor.number();
    descriptor.reset();
    EXPECT_FALSE(is_open(number));
    const FileDescriptor other(any());  // takes the same number
    descriptor.reset();
    EXPECT_TRUE(is_open(other.number()));
}

TEST_F(FileDescriptorTest, MovesAway) {
    FileDescriptor from(any());
    const int number = from.number();
    const FileDescriptor to(std::move(from));
    EXPECT_EQ(to.number(), number);
    EXPECT_FALSE(from);
    EXPECT_TRUE(is_open(number));
}

TEST_F(FileDescriptorTest, AssignmentClosesWhatWasThereWithTheSource) {
    FileDescriptor to(any());
    const int old = to.number();
    {
        FileDescriptor from(any());
        to = std::move(from);
    }
    EXPECT_FALSE(is_open(old));
    EXPECT_TRUE(is_open(to.number()));
}

}  // namespace
}  // namespace zerobuffer::platform

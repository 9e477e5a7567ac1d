// SPDX-License-Identifier: MIT
// Measures motion and brightness of a video that another process decodes into shared memory. No picture is copied.
//   video_consumer NAME                                     and in another terminal
//   video_producer --name NAME --video clip.mp4
using System;
using System.Text.Json;
using VideoConsumer;
using ZeroBuffer;

if (args is not [var name])
{
    Console.Error.WriteLine("usage: video_consumer NAME");
    return 2;
}
try
{
    using Reader reader = Reader.Create(name);
    byte[] metadata = reader.Metadata(TimeSpan.FromSeconds(30))
        ?? throw new FormatException($"nobody wrote to {name} within 30 s");
    Account account = new(new SegmentMap(name), new Clip(JsonDocument.Parse(metadata).RootElement));
    foreach (Frame frame in reader)
    {
        account.Take(frame);
    }
    Console.WriteLine($"{account.Frames} frames, {account.Lost} lost, {account.Damaged} damaged, {account.Copied} copied, " +
        $"motion {account.Clip.Motion:f2}, brightness {account.Clip.Brightness:f1} %");
    return account is { Frames: > 0, Lost: 0, Damaged: 0, Copied: 0 } ? 0 : 1;
}
catch (Exception error) when (error is ZeroBufferException or FormatException or JsonException)
{
    Console.Error.WriteLine($"video_consumer: {error.Message}");
    return 1;
}

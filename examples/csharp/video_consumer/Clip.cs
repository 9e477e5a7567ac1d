// SPDX-License-Identifier: MIT
using System;
using System.Text.Json;

namespace VideoConsumer;

/// <summary>
/// A study of packed 24-bit pictures: every fourth pixel of every fourth row says as much as all of them.
/// </summary>
internal sealed class Clip
{
    private const int SampledColumns = 320;

    private readonly int _width;
    private readonly int _height;
    private readonly int _stride;
    private readonly int _step;
    private readonly byte[] _previous;
    private long _pictures;
    private double _motion;
    private double _brightness;

    internal Clip(JsonElement description)
    {
        if (description.ValueKind != JsonValueKind.Object || !description.TryGetProperty("width", out _))
        {
            throw new FormatException("the metadata of the stream describes no video");
        }
        Preface = description.GetProperty("preface").GetInt32();
        _width = description.GetProperty("width").GetInt32();
        _height = description.GetProperty("height").GetInt32();
        _stride = description.GetProperty("stride").GetInt32();
        _step = Math.Max(1, _width / SampledColumns);
        int columns = (_width + _step - 1) / _step;
        int rows = (_height + _step - 1) / _step;
        _previous = new byte[3 * columns * rows];
    }

    /// <summary>Bytes in front of each picture.</summary>
    internal int Preface { get; }

    /// <summary>Mean absolute difference to the picture before, of 255.</summary>
    internal double Motion => _pictures == 0 ? 0 : _motion / _pictures;

    /// <summary>Mean, in percent.</summary>
    internal double Brightness => _pictures == 0 ? 0 : _brightness / _pictures / 2.55;

    internal void Observe(ReadOnlySpan<byte> picture)
    {
        long difference = 0;
        long sum = 0;
        int sample = 0;
        for (int y = 0; y < _height; y += _step)
        {
            ReadOnlySpan<byte> row = picture.Slice(y * _stride, 3 * _width);
            for (int x = 0; x < row.Length; x += 3 * _step)
            {
                for (int channel = 0; channel < 3; ++channel, ++sample)
                {
                    byte value = row[x + channel];
                    sum += value;
                    difference += Math.Abs(value - _previous[sample]);
                    _previous[sample] = value;
                }
            }
        }
        _motion += _pictures == 0 ? 0 : (double)difference / sample;
        _brightness += (double)sum / sample;
        ++_pictures;
    }
}

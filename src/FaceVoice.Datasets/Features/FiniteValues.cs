using System.Numerics;
using System.Runtime.InteropServices;

namespace FaceVoice.Datasets.Features;

/// <summary>Looks for NaN and infinities.</summary>
public static class FiniteValues
{
    /// <summary>Whether every value is finite: x - x is 0 for finite values only.</summary>
    /// <param name="values">Any number of values.</param>
    public static bool AreAll(ReadOnlySpan<float> values)
    {
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(values);
        var bad = Vector<float>.Zero;
        foreach (var vector in vectors)
        {
            bad += vector - vector;
        }

        if (!Vector.EqualsAll(bad, Vector<float>.Zero))
        {
            return false;
        }

        foreach (var value in values[(vectors.Length * Vector<float>.Count)..])
        {
            if (!float.IsFinite(value))
            {
                return false;
            }
        }

        return true;
    }
}

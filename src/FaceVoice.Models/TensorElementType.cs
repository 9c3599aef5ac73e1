using System.Diagnostics.CodeAnalysis;

namespace FaceVoice.Models;

/// <summary>What the elements of a <see cref="NamedTensor"/> are in memory. Files may hold narrower types, which are widened without loss when read.</summary>
[SuppressMessage("Naming", "CA1720", Justification = "These are the field's names for element types.")]
public enum TensorElementType
{
    /// <summary>IEEE 754 single precision; also what half precision and bfloat16 are read as.</summary>
    Float32,

    /// <summary>IEEE 754 double precision.</summary>
    Float64,

    /// <summary>64-bit signed integer; also what booleans and narrower integers are read as.</summary>
    Int64,
}

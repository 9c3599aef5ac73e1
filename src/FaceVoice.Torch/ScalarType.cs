namespace FaceVoice.Torch;

/// <summary>The type of a tensor's elements. The values are LibTorch's.</summary>
public enum ScalarType
{
    /// <summary>Unsigned 8-bit integer.</summary>
    Byte = 0,

    /// <summary>Signed 8-bit integer.</summary>
    Int8 = 1,

    /// <summary>Signed 16-bit integer.</summary>
    Int16 = 2,

    /// <summary>Signed 32-bit integer.</summary>
    Int32 = 3,

    /// <summary>Signed 64-bit integer; what indices and class numbers are.</summary>
    Int64 = 4,

    /// <summary>IEEE half precision.</summary>
    Float16 = 5,

    /// <summary>IEEE single precision; the default.</summary>
    Float32 = 6,

    /// <summary>IEEE double precision.</summary>
    Float64 = 7,

    /// <summary>A pair of single precision numbers.</summary>
    ComplexFloat32 = 9,

    /// <summary>A pair of double precision numbers.</summary>
    ComplexFloat64 = 10,

    /// <summary>Boolean, one byte.</summary>
    Bool = 11,

    /// <summary>Brain floating point: 8 exponent bits, 7 mantissa bits.</summary>
    BFloat16 = 15,
}

namespace FaceVoice.Index;

/// <summary>The types that a payload field can have.</summary>
public enum PayloadKind
{
    /// <summary>One or more strings that are compared whole.</summary>
    Keywords = 0,

    /// <summary>A finite number.</summary>
    Number = 1,

    /// <summary>A moment, to the microsecond, kept in UTC.</summary>
    Time = 2,
}

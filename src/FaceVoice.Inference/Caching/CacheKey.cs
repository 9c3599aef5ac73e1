namespace FaceVoice.Inference.Caching;

/// <summary>The SHA-256 of some media, and what is made of it.</summary>
internal readonly record struct CacheKey(UInt128 High, UInt128 Low, byte Kind);

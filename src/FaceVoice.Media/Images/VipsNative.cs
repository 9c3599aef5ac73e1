using System.Runtime.InteropServices;

namespace FaceVoice.Media.Images;

/// <summary>The few functions of libvips' C API that are used. Those that are C varargs end in a name list whose end is the null pointer.</summary>
internal static unsafe partial class VipsNative
{
    internal const string Library = "vips";
    internal const int ColourSpaceSrgb = 22;
    internal const int FormatUnsignedByte = 0;
    internal const int SequentialAccess = 1;
    internal const int FailOnWarning = 3;

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int SetEnvironment(string name, string value, int overwrite);

    [LibraryImport(Library, EntryPoint = "vips_init", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Init(string programName);

    [LibraryImport(Library, EntryPoint = "vips_version")]
    internal static partial int Version(int part);

    [LibraryImport(Library, EntryPoint = "vips_block_untrusted_set")]
    internal static partial void BlockUntrusted(int blocked);

    [LibraryImport(Library, EntryPoint = "vips_operation_block_set", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial void BlockOperation(string name, int blocked);

    [LibraryImport(Library, EntryPoint = "vips_cache_set_max")]
    internal static partial void SetCacheSize(int operations);

    [LibraryImport(Library, EntryPoint = "vips_concurrency_set")]
    internal static partial void SetConcurrency(int threads);

    [LibraryImport(Library, EntryPoint = "vips_jpegload_buffer", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int LoadJpeg(byte* bytes, nuint length, out nint image, string failOption, int failOn, string option, int value, nint end);

    [LibraryImport(Library, EntryPoint = "vips_pngload_buffer", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int LoadPng(byte* bytes, nuint length, out nint image, string failOption, int failOn, string option, int value, nint end);

    [LibraryImport(Library, EntryPoint = "vips_webpload_buffer", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int LoadWebP(byte* bytes, nuint length, out nint image, string failOption, int failOn, string option, int value, nint end);

    [LibraryImport(Library, EntryPoint = "vips_image_new_from_memory")]
    internal static partial nint ImageFromMemory(byte* pixels, nuint length, int width, int height, int bands, int format);

    [LibraryImport(Library, EntryPoint = "vips_image_get_width")]
    internal static partial int Width(nint image);

    [LibraryImport(Library, EntryPoint = "vips_image_get_height")]
    internal static partial int Height(nint image);

    [LibraryImport(Library, EntryPoint = "vips_image_get_bands")]
    internal static partial int Bands(nint image);

    [LibraryImport(Library, EntryPoint = "vips_image_hasalpha")]
    internal static partial int HasAlpha(nint image);

    [LibraryImport(Library, EntryPoint = "vips_autorot")]
    internal static partial int AutoRotate(nint input, out nint output, nint end);

    [LibraryImport(Library, EntryPoint = "vips_colourspace")]
    internal static partial int ColourSpace(nint input, out nint output, int space, nint end);

    [LibraryImport(Library, EntryPoint = "vips_flatten")]
    internal static partial int Flatten(nint input, out nint output, nint end);

    [LibraryImport(Library, EntryPoint = "vips_cast_uchar")]
    internal static partial int CastToByte(nint input, out nint output, nint end);

    [LibraryImport(Library, EntryPoint = "vips_image_get_orientation")]
    internal static partial int Orientation(nint image);

    [LibraryImport(Library, EntryPoint = "vips_image_get_interpretation")]
    internal static partial int Interpretation(nint image);

    [LibraryImport(Library, EntryPoint = "vips_image_get_format")]
    internal static partial int Format(nint image);

    [LibraryImport(Library, EntryPoint = "vips_region_new")]
    internal static partial nint RegionOf(nint image);

    [LibraryImport(Library, EntryPoint = "vips_region_fetch")]
    internal static partial nint FetchRegion(nint region, int left, int top, int width, int height, out nuint length);

    [LibraryImport(Library, EntryPoint = "vips_jpegsave_buffer", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int SaveJpeg(
        nint image, out nint buffer, out nuint length, string qualityOption, int quality, string subsampleOption, int subsample, nint end);

    [LibraryImport(Library, EntryPoint = "vips_pngsave_buffer", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int SavePng(nint image, out nint buffer, out nuint length, string compressionOption, int compression, nint end);

    [LibraryImport(Library, EntryPoint = "vips_error_buffer_copy")]
    internal static partial nint CopyErrors();

    [LibraryImport(Library, EntryPoint = "g_object_unref")]
    internal static partial void Release(nint instance);

    [LibraryImport(Library, EntryPoint = "g_free")]
    internal static partial void Free(nint memory);
}

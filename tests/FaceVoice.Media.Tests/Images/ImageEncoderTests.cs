namespace FaceVoice.Media.Tests.Images;

public sealed class ImageEncoderTests
{
    [Fact]
    public void EncodePng_ReadBack_IsTheSame()
    {
        using var image = Noise(37, 21);
        using var again = new ImageDecoder(new MediaLimits()).Decode(ImageEncoder.EncodePng(image));
        Assert.Equal((37, 21), (again.Width, again.Height));
        Assert.True(image.Pixels.SequenceEqual(again.Pixels));
    }

    [Fact]
    public void EncodeJpeg_OpenedByAnotherReader_HasSizeAndFullColour()
    {
        using var image = Noise(112, 112);
        var path = GeneratedMedia.Write("ours.jpg", ImageEncoder.EncodeJpeg(image, 95));

        var report = GeneratedMedia.Run("ffprobe", "-v", "error", "-show_entries", "stream=codec_name,width,height,pix_fmt", "-of", "csv=p=0", path);

        Assert.Equal("mjpeg,112,112,yuvj444p", report.Trim());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(101)]
    public void EncodeJpeg_QualityOutOfRange_Throws(int quality)
    {
        using var image = Noise(8, 8);
        Assert.Throws<ArgumentOutOfRangeException>(() => ImageEncoder.EncodeJpeg(image, quality));
    }

    [Fact]
    public void RgbImage_Disposed_IsNotReadable()
    {
        var image = RgbImage.Allocate(2, 2);
        image.Dispose();
        image.Dispose();
        Assert.Throws<ObjectDisposedException>(() => image.Pixels.Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => RgbImage.Allocate(0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => RgbImage.Allocate(60_000, 60_000));
        Assert.Throws<ArgumentException>(() => RgbImage.FromPixels(2, 2, new byte[11]));
    }

    private static RgbImage Noise(int width, int height)
    {
        var image = RgbImage.Allocate(width, height);
        new Random(3).NextBytes(image.Pixels);
        return image;
    }
}

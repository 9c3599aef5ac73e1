using System.Numerics;
using FaceVoice.Inference.Faces;
using FaceVoice.Inference.Faces.Imaging;
using FaceVoice.Media;

namespace FaceVoice.Inference.Tests.Faces.Imaging;

public sealed class ImagingTests
{
    [Fact]
    public void Shrink_AnyFactor_IsTheMeanOfItsBlocks()
    {
        using var image = SyntheticImages.Noise(101, 67, seed: 1);
        using var shrunk = BoxShrinker.Shrink(image, new PixelRegion(3, 2, 97, 61), 4, 3);
        for (var y = 0; y < shrunk.Image.Height; y++)
        {
            for (var x = 0; x < shrunk.Image.Width; x++)
            {
                var block = from dy in Enumerable.Range(0, 3)
                            from dx in Enumerable.Range(0, 4)
                            select SyntheticImages.Pixel(
                    image, 3 + (4 * x) + dx, 2 + (3 * y) + dy).Green;
                Assert.InRange(SyntheticImages.Pixel(shrunk.Image, x, y).Green - block.Average(), -0.51, 0.51);
            }
        }
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 1)]
    [InlineData(5, 2)]
    [InlineData(6, 8)]
    [InlineData(64, 3)]
    [InlineData(90, 3)]
    public void Shrink_WholeImage_EachChannelIsTheMeanOfItsBlock(int factorX, int factorY)
    {
        using var image = SyntheticImages.Noise(397, 48, seed: 4);
        using var shrunk = BoxShrinker.Shrink(image, new PixelRegion(0, 0, 397, 48), factorX, factorY);
        Assert.Equal((397 / factorX, 48 / factorY), (shrunk.Image.Width, shrunk.Image.Height));
        for (var i = 0; i < shrunk.Image.Pixels.Length; i++)
        {
            int channel = i % 3, x = i / 3 % shrunk.Image.Width, y = i / 3 / shrunk.Image.Width;
            var sum = 0;
            for (var at = 0; at < factorX * factorY; at++)
            {
                sum += image.Row((y * factorY) + (at / factorX))[(((x * factorX) + (at % factorX)) * 3) + channel];
            }

            Assert.InRange(shrunk.Image.Pixels[i] - ((double)sum / (factorX * factorY)), -0.51, 0.51);
        }
    }

    [Fact]
    public void Shrink_FewRowsOfEachBlock_AreSpreadOverItAndMeetBothKindsOfLines()
    {
        // A slope from top to bottom, and every second line much brighter.
        using var image = SyntheticImages.Paint(16, 96, (_, y) => (y * 2, y % 2 == 0 ? 0 : 200, 9));
        using var shrunk = BoxShrinker.Shrink(image, new PixelRegion(0, 0, 16, 96), 1, 8, mostRows: 4);
        for (var y = 0; y < 12; y++)
        {
            Assert.Equal((2 * ((8 * y) + 3.5), 100, 9), SyntheticImages.Pixel(shrunk.Image, 3, y));
        }
    }

    [Theory]
    [InlineData(512, 512, 320, 240)]
    [InlineData(319, 251, 320, 240)]
    [InlineData(5, 4, 33, 9)]
    [InlineData(1, 1, 7, 3)]
    public void ToPlanes_AnySize_IsTheBilinearMeanOfFourPixels(int sourceWidth, int sourceHeight, int width, int height)
    {
        using var image = SyntheticImages.Noise(sourceWidth, sourceHeight, seed: 5);
        var planes = new float[3 * width * height];
        BilinearResizer.ToPlanes(image, width, height, PlaneNormalization.FaceNetworks, planes);
        for (var i = 0; i < planes.Length; i++)
        {
            int channel = i / (width * height), x = i % width, y = i / width % height;
            var (left, right, weightX) = BilinearResizer.Neighbours(x, sourceWidth, width);
            var (top, bottom, weightY) = BilinearResizer.Neighbours(y, sourceHeight, height);
            float At(int row, int column) => image.Row(row)[(3 * column) + channel];
            var expected = ((1 - weightY) * (((1 - weightX) * At(top, left)) + (weightX * At(top, right))))
                + (weightY * (((1 - weightX) * At(bottom, left)) + (weightX * At(bottom, right))));
            Assert.Equal((expected - 127) / 128, planes[i], 1e-5f);
        }
    }

    [Fact]
    public void ToPlanes_SmoothRamp_InterpolatesItInEitherChannelOrder()
    {
        using var image = SyntheticImages.Paint(640, 480, (x, y) => (x * 255 / 639, y * 255 / 479, 40));
        var rgb = new float[3 * 320 * 240];
        var bgr = new float[3 * 320 * 240];
        BilinearResizer.ToPlanes(image, 320, 240, PlaneNormalization.FaceNetworks, rgb);
        BilinearResizer.ToPlanes(
            image, 320, 240, new PlaneNormalization(ChannelOrder.Bgr, [127, 127, 127], [1 / 128f, 1 / 128f, 1 / 128f]), bgr);
        Assert.Equal((40 - 127) / 128f, rgb[(2 * 320 * 240) + 777], 1e-6f);
        Assert.Equal(rgb.AsSpan(0, 320 * 240).ToArray(), bgr.AsSpan(2 * 320 * 240).ToArray());
        for (var x = 0; x < 320; x++)
        {
            // Column x looks at 2x + 0.5; the ramp itself is rounded to whole values.
            Assert.InRange((rgb[(120 * 320) + x] * 128) + 127 - (((2 * x) + 0.5) * 255 / 639), -1.0, 1.0);
        }
    }

    [Fact]
    public void Sample_Identity_CopiesThePixels()
    {
        using var image = SyntheticImages.Noise(50, 40, seed: 2);
        using var copy = RgbImage.Allocate(50, 40);
        AffineSampler.Sample(image, Matrix3x2.Identity, copy);
        Assert.Equal(image.Pixels.ToArray(), copy.Pixels.ToArray());
    }

    [Fact]
    public void Sample_OutsideTheImage_IsBlack()
    {
        using var image = SyntheticImages.Paint(20, 20, (_, _) => (200, 200, 200));
        using var target = RgbImage.Allocate(20, 20);
        AffineSampler.Sample(image, Matrix3x2.CreateTranslation(10, 0), target);
        Assert.Equal((200, 200, 200), SyntheticImages.Pixel(target, 9, 10));
        Assert.Equal((0, 0, 0), SyntheticImages.Pixel(target, 10, 10));
    }

    [Fact]
    public void Sample_FineStripesMadeSmall_AverageOut()
    {
        using var image = SyntheticImages.Paint(800, 800, (x, _) => x % 2 == 0 ? (255, 255, 255) : (0, 0, 0));
        using var target = RgbImage.Allocate(100, 100);
        AffineSampler.Sample(image, Matrix3x2.CreateScale(8) * Matrix3x2.CreateTranslation(3.5f, 3.5f), target);
        for (var x = 1; x < 99; x++)
        {
            Assert.InRange(SyntheticImages.Pixel(target, x, 50).Red, 126, 129);
        }
    }

    [Fact]
    public void Sample_Shrinking_KeepsThePlace()
    {
        // A disc whose centre must stay where the map puts it, whatever the averaging does to the grid.
        using var image = SyntheticImages.Paint(
            900, 900, (x, y) => Vector2.Distance(new Vector2(x, y), new Vector2(500, 300)) < 60 ? (255, 255, 255) : (0, 0, 0));
        using var target = RgbImage.Allocate(112, 112);
        AffineSampler.Sample(image, Matrix3x2.CreateScale(7.3f) * Matrix3x2.CreateTranslation(40, 10), target);
        double sum = 0, sumX = 0, sumY = 0;
        for (var y = 0; y < 112; y++)
        {
            for (var x = 0; x < 112; x++)
            {
                var value = SyntheticImages.Pixel(target, x, y).Red;
                (sum, sumX, sumY) = (sum + value, sumX + (value * x), sumY + (value * y));
            }
        }

        Assert.InRange(sumX / sum, ((500 - 40) / 7.3) - 0.05, ((500 - 40) / 7.3) + 0.05);
        Assert.InRange(sumY / sum, ((300 - 10) / 7.3) - 0.05, ((300 - 10) / 7.3) + 0.05);
    }
}

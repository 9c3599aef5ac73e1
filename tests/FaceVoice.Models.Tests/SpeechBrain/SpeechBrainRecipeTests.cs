using FaceVoice.Models.SpeechBrain;

namespace FaceVoice.Models.Tests.SpeechBrain;

/// <summary>The settings of a SpeechBrain encoder, read as text.</summary>
public sealed class SpeechBrainRecipeTests
{
    private const string Ecapa = """
        # Feature parameters
        n_mels: 80
        widths: [64, 64, 64, 64, 192]
        pretrained_path: owner/name
        out_n_neurons: 7205
        compute_features: !new:speechbrain.lobes.features.Fbank
            n_mels: !ref <n_mels>
        mean_var_norm: !new:speechbrain.processing.features.InputNormalization
            norm_type: sentence
            std_norm: False
        embedding_model: !new:speechbrain.lobes.models.ECAPA_TDNN.ECAPA_TDNN
            input_size: !ref <n_mels>
            channels: !ref <widths>
            attention_channels: 32
            lin_neurons: 48
        classifier: !new:speechbrain.lobes.models.ECAPA_TDNN.Classifier
            input_size: 48
            out_neurons: !ref <out_n_neurons>
        mean_var_norm_emb: !new:speechbrain.processing.features.InputNormalization
            norm_type: global
            std_norm: False
        modules:
            compute_features: !ref <compute_features>
        label_encoder: !new:speechbrain.dataio.encoder.CategoricalEncoder
        pretrainer: !new:speechbrain.utils.parameter_transfer.Pretrainer
            loadables:
                embedding_model: !ref <embedding_model>
            paths:
                embedding_model: !ref <pretrained_path>/encoder-2.ckpt
        """;

    private const string XVector = """
        compute_features: !new:speechbrain.lobes.features.Fbank
            n_mels: 24
        mean_var_norm: !new:speechbrain.processing.features.InputNormalization
            norm_type: sentence
            std_norm: False
        embedding_model: !new:speechbrain.lobes.models.Xvector.Xvector
            in_channels: 24
            activation: !name:torch.nn.LeakyReLU
            tdnn_blocks: 5
            tdnn_channels: [512, 512, 512, 512, 1500]
            tdnn_kernel_sizes: [5, 3, 3, 1, 1]
            tdnn_dilations: [1, 2, 3, 1, 1]
            lin_neurons: 512
        """;

    [Fact]
    public void Parse_Ecapa_FollowsReferencesAndFillsDefaults()
    {
        var recipe = SpeechBrainRecipe.Parse(Ecapa);
        Assert.Equal(("ecapa", 80, 48, 32, 128, 8), (
            recipe.Architecture, recipe.MelBins, recipe.EmbeddingDimension, recipe.AttentionChannels, recipe.SqueezeChannels,
                recipe.Res2NetScale));
        Assert.Equal([64, 64, 64, 64, 192], recipe.Channels);
        Assert.Equal([1, 2, 3, 4, 1], recipe.Dilations);
        Assert.Equal("encoder-2.ckpt", recipe.WeightsFile);
    }

    [Fact]
    public void Parse_XVector_ReadsItsSizes()
    {
        var recipe = SpeechBrainRecipe.Parse(XVector);
        Assert.Equal(("xvector", 24, 512, "embedding_model.ckpt"), (
            recipe.Architecture, recipe.MelBins, recipe.EmbeddingDimension, recipe.WeightsFile));
        Assert.Equal([512, 512, 512, 512, 1500], recipe.Channels);
        Assert.Equal([5, 3, 3, 1, 1], recipe.KernelSizes);
    }

    [Theory]
    [InlineData("n_mels: 24\nmean", "n_mels: 24\n    n_fft: 512\nmean", "compute_features.n_fft is '512': only 400")]
    [InlineData("n_mels: 24\nmean", "n_mels: 24\n    deltas: True\nmean", "compute_features.deltas")]
    [InlineData("n_mels: 24\nmean", "n_mels: 24\n    snip_edges: True\nmean",
        "compute_features.snip_edges is 'True': it is not known here")]
    [InlineData("norm_type: sentence", "norm_type: global", "mean_var_norm.norm_type is 'global'")]
    [InlineData("std_norm: False", "std_norm: True", "mean_var_norm.norm_type")]
    [InlineData("in_channels: 24", "in_channels: 30", "gives 24 mel bands, the encoder takes 30")]
    [InlineData("torch.nn.LeakyReLU", "torch.nn.Tanh", "embedding_model.activation is '!name:torch.nn.Tanh'")]
    [InlineData("tdnn_blocks: 5", "tdnn_blocks: 4", "embedding_model.tdnn_blocks is '4': only 5")]
    [InlineData("lin_neurons: 512", "lin_neurons: !ref <missing>", "read are plain values and !ref <NAME>")]
    [InlineData("lin_neurons: 512", "lin_neurons: !apply:os.system [id]", "is no single value")]
    [InlineData("lin_neurons: 512", "lin_neurons: 1e9", "a whole number is needed")]
    [InlineData("Xvector.Xvector", "ResNet.ResNet", "embedding_model is !new:speechbrain.lobes.models.ResNet.ResNet; known are")]
    [InlineData("embedding_model:", "encoder:", "has no embedding_model")]
    [InlineData("n_mels: 24\nmean", "n_mels: [\nmean", "not YAML")]
    public void Parse_WhatIsNotComputedHere_IsRefusedByName(string text, string other, string message)
    {
        var error = Assert.Throws<ModelFormatException>(() =>
            SpeechBrainRecipe.Parse(XVector.Replace(text, other, StringComparison.Ordinal)));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_TextMadeToExhaust_IsRefusedQuickly()
    {
        var deep = Assert.Throws<ModelFormatException>(() => SpeechBrainRecipe.Parse("a: " + new string('[', 20_000)));
        Assert.Contains("nested deeper", deep.Message, StringComparison.Ordinal);
        var bomb = Assert.Throws<ModelFormatException>(() => SpeechBrainRecipe.Parse("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"));
        Assert.Contains("aliases are not read", bomb.Message, StringComparison.Ordinal);
        var loop = Assert.Throws<ModelFormatException>(() => SpeechBrainRecipe.Parse(
            XVector.Replace("in_channels: 24", "in_channels: !ref <x>", StringComparison.Ordinal) + "\nx: !ref <x>"));
        Assert.Contains("refers to a reference", loop.Message, StringComparison.Ordinal);
        Assert.Contains("too many", Assert.Throws<ModelFormatException>(() =>
            SpeechBrainRecipe.Parse(new string(' ', 300_000))).Message, StringComparison.Ordinal);
    }

    /// <summary>Whatever stands in the file, it is read or refused, never an error of another kind.</summary>
    [Fact]
    public void Parse_TextWithRandomChanges_IsReadOrRefused()
    {
        const string Alphabet = "[]{}!<>:-?&*#|%@`'\"\n\t \0\u0085, a1";
        var random = new Random(11);
        var refused = 0;
        for (var round = 0; round < 300; round++)
        {
            var text = Ecapa.ToCharArray();
            for (var change = random.Next(1, 6); change > 0; change--)
            {
                text[random.Next(text.Length)] = Alphabet[random.Next(Alphabet.Length)];
            }

            try
            {
                SpeechBrainRecipe.Parse(new string(text));
            }
            catch (ModelFormatException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 100, 299);
    }

    [Theory]
    [InlineData("!ref <pretrained_path>/../../secret")]
    [InlineData("!ref <pretrained_path>/.ckpt")]
    [InlineData("!ref <pretrained_path>/model.pkl")]
    public void Parse_WeightsThatAreNone_AreRefused(string path)
    {
        var text = Ecapa.Replace("!ref <pretrained_path>/encoder-2.ckpt", path, StringComparison.Ordinal);
        Assert.Contains("a .ckpt or .safetensors file is needed", Assert.Throws<ModelFormatException>(() =>
            SpeechBrainRecipe.Parse(text)).Message, StringComparison.Ordinal);
    }
}

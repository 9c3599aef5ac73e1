using System.Reflection;
using FaceVoice.Models;
using FaceVoice.Protocol.V1;
using FaceVoice.Server.Engines;
using FaceVoice.Server.Wire;
using Grpc.Core;

namespace FaceVoice.Server.Services;

/// <summary>ModelService.</summary>
internal sealed class ModelGrpcService(EngineHolder holder, ServiceSettings settings) : ModelService.ModelServiceBase
{
    public static string ServerVersion { get; } = typeof(ModelGrpcService).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";

    public override Task<GetModelResponse> GetModel(GetModelRequest request, ServerCallContext context)
    {
        var manifest = holder.Engine.Manifest;
        var limits = settings.Limits;
        var response = new GetModelResponse
        {
            ModelId = manifest.ModelId,
            Name = manifest.Name,
            Calibrated = manifest.Calibration?.Joint is not null,
            ServerVersion = ServerVersion,
            Capability = CapabilityWire.ToWire(manifest.Capability),
            Limits = new Limits
            {
                MaxMessageBytes = limits.MaxMessageBytes,
                MaxImageBytes = limits.MaxImageBytes,
                MaxImagePixels = limits.MaxImagePixels,
                MaxAudioBytes = limits.MaxAudioBytes,
                MaxAudioSeconds = limits.MaxAudioSeconds,
                MaxCallSeconds = limits.MaxCallSeconds,
            },
        };
        response.Spaces.AddRange(
            from space in Enum.GetValues<EmbeddingSpace>()
            let dimension = holder.Engine.DimensionOf(space)
            where dimension is not null
            select new SpaceInfo { Space = SpaceNames.ToWire(space), Dimensions = dimension.Value });
        return Task.FromResult(response);
    }
}
